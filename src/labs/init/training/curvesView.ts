/** Loss curves of both models, and whether they repeat their input word. */
import type { ChartContent, Mark, Role } from '../../../stage/contract.ts'
import type { ViewFrame } from '../../lab.ts'
import { type Scheme, schemeLabels } from '../parameters.ts'
import { count, five, nats, roles, shapes } from '../viewParts.ts'
import type { ModelFrame, TrainingFrame } from './frame.ts'
import { type TrainingValues, typedTraining } from './parameters.ts'

export interface Curves {
  readonly frame: ViewFrame<TrainingFrame>
  /** Whether the models are named; a riddle does not tell. */
  readonly names: boolean
}

/** A model as it is drawn. */
export interface Shown {
  readonly model: ModelFrame
  readonly name: string
  readonly role: Role
  readonly shape: 'circle' | 'diamond' | 'square' | 'triangle'
}

const anonymous = [
  { name: 'model A', role: 'target', shape: 'square' },
  { name: 'model B', role: 'third', shape: 'triangle' },
] as const

/** Two models of one scheme are told apart by the colour and the shape of a scheme that is not there. */
function appearance(scheme: Scheme, same: boolean): Pick<Shown, 'name' | 'role' | 'shape'> {
  const name = schemeLabels[scheme]
  if (!same) return { name, role: roles[scheme], shape: shapes[scheme] }
  const other = scheme === 'gpt2' ? 'custom' : 'gpt2'
  return { name: `${name}, second`, role: roles[other], shape: shapes[other] }
}

/** Both models; none while the text is on its way. */
export function shownModels({ frame, names }: Curves): readonly Shown[] {
  const { models } = frame.data
  if (!models) return []
  return models.map((model, index) => ({
    model,
    ...(names
      ? appearance(model.scheme, index === 1 && models[0].scheme === model.scheme)
      : anonymous[index]),
  }))
}

/** What is said in place of a picture. */
export function waiting({ frame }: Curves): string {
  const { loading } = frame.data
  return loading
    ? `Loading the text: ${Math.round(100 * loading.share)} %`
    : 'Press play: every training step adds a point.'
}

const last = (values: Float32Array) => values[values.length - 1]
const finite = (value: number) => Number.isFinite(value)

function steps(length: number): Float32Array {
  return Float32Array.from({ length }, (_, step) => step)
}

/** Training and validation of every model, up to a step. */
function lossMarks(shown: Curves, end: number): Mark[] {
  const { measuredSteps } = shown.frame.data
  const measured = measuredSteps.filter((step) => step <= end)
  return shownModels(shown).flatMap(({ model, name, role, shape }): Mark[] => {
    const losses = model.losses.subarray(0, end + 1)
    const validation = model.validationLosses.subarray(0, measured.length)
    return [
      {
        kind: 'line',
        name: `${name}, training`,
        role,
        opacity: 0.45,
        width: 1,
        x: steps(losses.length),
        y: losses,
      },
      { kind: 'line', name: `${name}, validation`, role, width: 2.5, x: measured, y: validation },
      {
        kind: 'dots',
        name: `${name}, now`,
        legend: false,
        role,
        shape,
        x: measured.slice(-1),
        y: validation.slice(-1),
      },
    ]
  })
}

const rule = (axis: 'x' | 'y', value: number, label: string, role: Role = 'neutral'): Mark => ({
  kind: 'rule',
  axis,
  value,
  role,
  dashed: role !== 'neutral',
  label,
})

/** ln V, half a nat above it, and what a model that knows only how frequent words are would lose. */
function levels({ metrics }: ViewFrame<TrainingFrame>, near: boolean): Mark[] {
  const lnVocab = metrics.lnVocab as number
  const entropy = metrics.unigramEntropy as number
  return [
    rule('y', lnVocab, `ln V = ${five(lnVocab)}`),
    // beside ln V it can only be read where there is room
    ...(near ? [rule('y', lnVocab + 0.5, `ln V + ½`)] : []),
    rule('y', entropy, `word frequencies alone: ${five(entropy)}`),
  ].filter((mark) => mark.kind === 'rule' && finite(mark.value))
}

function raceMarks({ data }: ViewFrame<TrainingFrame>, values: TrainingValues): Mark[] {
  if (!values.race) return []
  const { goal, reachedAt } = data.race
  return [
    ...(finite(goal) ? [rule('y', goal, `the goal: ${five(goal)}`, 'theory')] : []),
    ...(values.raceGuess > 20
      ? [rule('x', values.raceGuess, `your guess: ${count(values.raceGuess)}`, 'third')]
      : []),
    ...(finite(reachedAt) ? [rule('x', reachedAt, `reached: ${count(reachedAt)}`, 'theory')] : []),
  ]
}

/** What the race is at, and what to do next. */
function raceNote({ data, step }: ViewFrame<TrainingFrame>, { raceGuess }: TrainingValues): string {
  const { goal, reachedAt, slower } = data.race
  if (finite(reachedAt)) {
    const guessed = raceGuess > 20 ? `; your guess was ${count(raceGuess)}` : ''
    return `The race is over: it took ${count(reachedAt)} steps to where the other was after 20${guessed}.`
  }
  if (slower === undefined) return 'The race: first, both train for 20 steps.'
  if (raceGuess <= 20)
    return `After 20 steps the faster one stands at ${nats(goal)}. How many steps until the other is there? Set your guess, then press play.`
  const behind = (data.models?.[slower].validationLosses.at(-1) ?? Number.NaN) - goal
  return `Step ${count(step)}: ${nats(behind)} to go.`
}

function stoppedNote(shown: Curves): string | undefined {
  const stopped = shownModels(shown).filter(({ model }) => model.stoppedAt >= 0)
  if (stopped.length === 0) return undefined
  const told = stopped.map(({ name, model }) => `${name} stopped at step ${count(model.stoppedAt)}`)
  return `${told.join(', ')}: its loss or gradient was no longer finite. Lower the learning rate, then reset.`
}

function curvesNote(shown: Curves): string {
  const values = typedTraining(shown.frame.values)
  const stopped = stoppedNote(shown)
  if (stopped) return stopped
  if (values.race) return raceNote(shown.frame, values)
  return shownModels(shown)
    .map(({ model, name }) => `${name}: ${five(last(model.losses))}`)
    .join(', ')
}

function described(shown: Curves): string {
  const models = shownModels(shown)
  if (models.length === 0) return waiting(shown)
  const { step, metrics } = shown.frame
  return `Losses at step ${step}: ${models
    .map(
      ({ model, name }) =>
        `${name} ${nats(last(model.losses))} in training, ${nats(last(model.validationLosses))} in validation`,
    )
    .join('; ')}. ln V is ${nats(metrics.lnVocab as number)}.`
}

export function lossContent(shown: Curves, logarithmic: boolean): ChartContent {
  const { frame } = shown
  const values = typedTraining(frame.values)
  const race = raceMarks(frame, values)
  const end = Math.max(
    20,
    frame.step,
    ...race.map((mark) => (mark.kind === 'rule' && mark.axis === 'x' ? mark.value : 0)),
  )
  const losses = frame.data.models?.flatMap(({ losses }) => [...losses]).filter(finite) ?? []
  const floor = Math.min(
    frame.metrics.unigramEntropy as number,
    losses.reduce((a, b) => Math.min(a, b), Infinity),
  )
  const top = losses.reduce((a, b) => Math.max(a, b), 0)
  return {
    x: { label: 'step', scale: 'linear', domain: [0, end] },
    y: {
      label: 'loss',
      unit: 'nats',
      scale: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? [floor * 0.9, top * 1.1] : [0, top * 1.05],
    },
    marks: losses.length > 0 ? [...levels(frame, logarithmic), ...race, ...lossMarks(shown, frame.step)] : [],
    note: curvesNote(shown),
    empty: waiting(shown),
    description: described(shown),
    format: five,
  }
}

export function earlyContent(shown: Curves, logarithmic: boolean): ChartContent {
  const { frame } = shown
  const losses = frame.data.models?.flatMap(({ losses }) => [...losses.subarray(0, 21)]).filter(finite) ?? []
  const least = Math.min(...losses, frame.metrics.lnVocab as number)
  return {
    x: { label: 'step', scale: 'linear', domain: [0, 20] },
    y: {
      label: 'loss',
      unit: 'nats',
      scale: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? [least * 0.9, Math.max(...losses) * 1.1] : [0, Math.max(...losses) * 1.05],
    },
    marks: losses.length > 0 ? [...levels(frame, logarithmic), ...lossMarks(shown, 20)] : [],
    empty: waiting(shown),
    description: `The first twenty steps. ${described(shown)}`,
    format: five,
  }
}

export function repeatContent(shown: Curves): ChartContent {
  const { measuredSteps } = shown.frame.data
  const models = measuredSteps.length > 0 ? shownModels(shown) : []
  return {
    x: { label: 'step', scale: 'linear', domain: [0, Math.max(20, shown.frame.step)] },
    y: { label: 'probability, cosine', scale: 'linear', domain: [-0.05, 1.05] },
    marks: models.flatMap(({ model, name, role, shape }): Mark[] => [
      {
        kind: 'line',
        name: `${name}: probability of the input word`,
        role,
        width: 2.5,
        x: measuredSteps,
        y: model.ownProbabilities,
      },
      {
        kind: 'line',
        name: `${name}: cosine ρ with its embedding`,
        role,
        dashed: true,
        x: measuredSteps,
        y: model.alignments,
      },
      {
        kind: 'dots',
        name: `${name}, now`,
        legend: false,
        role,
        shape,
        x: measuredSteps.slice(-1),
        y: model.ownProbabilities.slice(-1),
      },
    ]),
    note:
      models.length > 0
        ? models.map(({ model, name }) => `${name}: ρ = ${five(last(model.alignments))}`).join(', ')
        : undefined,
    empty: waiting(shown),
    description: models
      .map(
        ({ model, name }) =>
          `${name}: probability ${five(last(model.ownProbabilities))} on the input word, cosine ${five(last(model.alignments))}.`,
      )
      .join(' '),
    format: five,
  }
}
