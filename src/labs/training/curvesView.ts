/** Loss curves of both models, and whether they repeat their input word. */

import { count } from '../../count.ts'
import type { Axis, ChartContent, Mark, Role } from '../../stage/contract.ts'
import { dots, line, rule } from '../common/marks.ts'
import { anonymous, roles, schemeLabels, shapes } from '../common/schemeLooks.ts'
import type { Scheme } from '../common/schemes.ts'
import { spoken, spokenNats } from '../common/spoken.ts'
import { brief, five } from '../common/texts.ts'
import type { ViewFrame } from '../lab.ts'
import type { ModelFrame, TrainingFrame } from './frame.ts'
import { type TrainingValues, typed } from './parameters.ts'
import { isGuessed, raceBegin } from './race.ts'

export interface Curves {
  readonly frame: ViewFrame<TrainingFrame>
  /** Whether the models are named; a riddle hides the names. */
  readonly names: boolean
}

/** A model as it is drawn. */
export interface Shown {
  readonly model: ModelFrame
  readonly name: string
  /** Its letter as the word of a curve. */
  readonly curve: 'a' | 'b'
  readonly role: Role
  readonly shape: 'circle' | 'diamond' | 'square' | 'triangle'
}

/** Two models of one scheme are told apart by the colour and the shape of a scheme that is not there. */
function appearance(scheme: Scheme, same: boolean): Omit<Shown, 'model' | 'curve'> {
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
    curve: index === 0 ? 'a' : 'b',
    ...appearance(model.scheme, index === 1 && models[0].scheme === model.scheme),
    ...(names ? {} : { name: anonymous[index] }),
  }))
}

/** The message in place of a picture. */
export function waiting({ frame }: Curves): string {
  const { loading } = frame.data
  return loading ? `Loading the text: ${Math.round(100 * loading.share)} %` : 'Computing the first losses …'
}

const last = (values: Float32Array) => values[values.length - 1]
const finite = (value: number) => Number.isFinite(value)

function steps(length: number): Float32Array {
  return Float32Array.from({ length }, (_, step) => step)
}

/** The newest value as a dot. The legend shows the dot's shape and colour; the read-out shows the curves' names. */
const now = ({ name, curve, role, shape }: Shown, word: string, steps: Float32Array, values: Float32Array) =>
  dots(name, role, steps.slice(-1), values.slice(-1), { curve: `${curve} ${word}`, hover: false, shape })

/** A curve whose legend is the dot at its end. */
const unlisted: typeof line = (name, role, x, y, more) => line(name, role, x, y, { legend: false, ...more })

/** Curves of the training and validation losses of every model, up to a step. */
function lossMarks(shown: Curves, end: number): Mark[] {
  const { measuredSteps } = shown.frame.data
  const measured = measuredSteps.filter((step) => step <= end)
  return shownModels(shown).flatMap((one): Mark[] => {
    const { model, name, curve, role } = one
    const losses = model.losses.subarray(0, end + 1)
    const validation = model.validationLosses.subarray(0, measured.length)
    return [
      unlisted(`${name}, training`, role, steps(losses.length), losses, {
        curve: `${curve} training`,
        ...{ opacity: 0.5, width: 1 },
      }),
      unlisted(`${name}, validation`, role, measured, validation, {
        curve: `${curve} validation`,
        width: 2.5,
      }),
      now(one, 'validation', measured, validation),
    ]
  })
}

/**
 * Levels: ln V, half a nat above it, and the loss of a model that knows only the frequencies of the words. Beside the
 * goal of a race, which is near them, ln V is enough: each line has a label of its own.
 */
function levels({ metrics, values }: ViewFrame<TrainingFrame>): Mark[] {
  const lnVocab = metrics.lnVocab as number
  const entropy = metrics.unigramEntropy as number
  const half = rule('y', lnVocab + 0.5, 'ln V + ½', 'neutral', { curve: 'half', dashed: true })
  const others = [
    half,
    rule('y', entropy, `word frequencies alone: ${brief(entropy)}`, 'neutral', { curve: 'frequencies' }),
  ]
  return [
    rule('y', lnVocab, `ln V = ${brief(lnVocab)}`, 'neutral', { curve: 'lnV' }),
    ...(typed(values).race ? [] : others),
  ].filter((mark) => mark.kind === 'rule' && finite(mark.value))
}

type LossAxis = Axis & { readonly domain: readonly [number, number] }

/** How a loss is shown: on a logarithmic axis, or near ln V alone, where the fixed model begins. */
export interface LossSwitches {
  readonly logarithmic: boolean
  readonly near?: boolean
}

/** The axis of the losses, from below the lowest curve or level to above the highest. */
function lossAxis(
  { metrics }: ViewFrame<TrainingFrame>,
  losses: readonly number[],
  { logarithmic, near }: LossSwitches,
): LossAxis {
  const known = [...losses, metrics.lnVocab as number, metrics.unigramEntropy as number].filter(finite)
  const least = known.reduce((a, b) => Math.min(a, b), Infinity)
  const most = known.reduce((a, b) => Math.max(a, b), 0)
  const axis = { label: 'loss', unit: 'nats' }
  if (near) return { ...axis, scale: 'linear', domain: [least - 0.25, (metrics.lnVocab as number) + 1] }
  return logarithmic
    ? { ...axis, scale: 'log', domain: [least * 0.75, most * 1.1] }
    : { ...axis, scale: 'linear', domain: [0, most * 1.05] }
}

/** The guess that counts: it may change until the race goes on with it. */
const guessOf = ({ race }: TrainingFrame, { raceGuess }: TrainingValues) =>
  finite(race.guess) ? race.guess : raceGuess

function raceMarks({ data }: ViewFrame<TrainingFrame>, values: TrainingValues): Mark[] {
  if (!values.race) return []
  const { goal, reachedAt } = data.race
  const guess = guessOf(data, values)
  // goal and arrival are measured, not theory: only the guess is dashed
  return [
    ...(finite(goal)
      ? [rule('y', goal, `the goal: ${brief(goal)}`, 'theory', { curve: 'goal', dashed: false })]
      : []),
    ...(isGuessed(guess)
      ? [rule('x', guess, `your guess: ${count(guess)}`, 'third', { curve: 'guess', dashed: true })]
      : []),
    ...(finite(reachedAt)
      ? [rule('x', reachedAt, `there: ${count(reachedAt)}`, 'theory', { curve: 'there', dashed: false })]
      : []),
  ]
}

/** The state of the race, and the next thing to do. */
function raceNote(shown: Curves, values: TrainingValues): string {
  const { data, step } = shown.frame
  const { goal, reachedAt, slower } = data.race
  const guess = guessOf(data, values)
  if (slower === undefined) {
    const kept = isGuessed(guess) ? ` Your guess is ${count(guess)}.` : ''
    return `First both train for ${raceBegin} steps.${kept}`
  }
  const models = shownModels(shown)
  const [slow, fast] = [models[slower].name, models[1 - slower].name]
  if (finite(reachedAt)) {
    const guessed = isGuessed(guess) ? ` Your guess was ${count(guess)}.` : ''
    return `${slow} took ${count(reachedAt)} steps to where ${fast} was after ${raceBegin}.${guessed}`
  }
  if (!isGuessed(guess))
    return `${fast} stands at ${brief(goal)} nats. Set your guess at the bottom of the page: the race goes on with it.`
  const behind = last(models[slower].model.validationLosses) - goal
  return `Step ${count(step)}: ${slow} has ${brief(behind)} nats to go.`
}

function stoppedNote(shown: Curves): string | undefined {
  const stopped = shownModels(shown).filter(({ model }) => model.stoppedAt >= 0)
  if (stopped.length === 0) return undefined
  const told = stopped.map(({ name, model }) => `${name} stopped at step ${count(model.stoppedAt)}`)
  return `${told.join(', ')}: its loss or gradient was no longer finite. Lower the learning rate, then reset.`
}

/** The first step whose loss is more than twice the first one; −1 where none is. */
function explosionOf({ losses }: Pick<ModelFrame, 'losses'>): number {
  return losses.findIndex((loss) => loss > 2 * losses[0])
}

const exploded = (shown: Curves) =>
  shownModels(shown).flatMap(({ model, name }) => {
    const step = explosionOf(model)
    return step < 0 ? [] : [{ name, step }]
  })

function explosionMarks(shown: Curves): Mark[] {
  const steps = new Set(exploded(shown).map(({ step }) => step))
  return [...steps].map((step) => rule('x', step, `exploded: ${count(step)}`, 'second', { dashed: true }))
}

function explosionNote(shown: Curves): string | undefined {
  const told = exploded(shown).map(({ name, step }) => `${name} at step ${count(step)}`)
  return told.length === 0
    ? undefined
    : `Exploded: ${told.join(', ')}, to more than twice the first loss. Lower the learning rate, then reset.`
}

/** A number of each model, in the legend's order. */
const each = (models: readonly Shown[], write: (model: ModelFrame) => string) =>
  models.map(({ model }) => write(model)).join(' and ')

function curvesNote(shown: Curves): string | undefined {
  const values = typed(shown.frame.values)
  const wrong = stoppedNote(shown) ?? explosionNote(shown)
  if (wrong) return wrong
  const models = shownModels(shown)
  if (models.length === 0 || shown.frame.data.measuredSteps.length === 0) return undefined
  if (values.race) return raceNote(shown, values)
  const validation = each(models, ({ validationLosses }) => brief(last(validationLosses)))
  const training = each(models, ({ losses }) => brief(last(losses)))
  return `thick: validation (${validation}), thin: training (${training})`
}

/** The losses at a step, and the validation at the last one up to it that was measured. */
function described(shown: Curves, step: number): string {
  const models = shownModels(shown)
  if (models.length === 0) return waiting(shown)
  const { metrics, data } = shown.frame
  const measured = data.measuredSteps.findLastIndex((one) => one <= step)
  return `Losses at step ${count(step)}: ${models
    .map(
      ({ model, name }) =>
        `${name}: ${spokenNats(model.losses[step] ?? Number.NaN)} in training, ${spokenNats(model.validationLosses[measured] ?? Number.NaN)} in validation, after ${spokenNats(model.losses[0] ?? Number.NaN)} at step 0`,
    )
    .join('; ')}. The line at ln V is at ${spokenNats(metrics.lnVocab as number)}.`
}

export function lossContent(shown: Curves, switches: LossSwitches): ChartContent {
  const { frame } = shown
  const race = raceMarks(frame, typed(frame.values))
  const end = Math.max(
    20,
    frame.step,
    ...race.map((mark) => (mark.kind === 'rule' && mark.axis === 'x' ? mark.value : 0)),
  )
  const losses = frame.data.models?.flatMap(({ losses }) => [...losses]).filter(finite) ?? []
  const y = lossAxis(frame, losses, switches)
  return {
    x: { label: 'step', scale: 'linear', domain: [0, end] },
    y,
    marks:
      losses.length > 0
        ? [...race, ...explosionMarks(shown), ...levels(frame), ...lossMarks(shown, frame.step)]
        : [],
    note: curvesNote(shown),
    empty: waiting(shown),
    description: `Loss in nats a word against the step. ${described(shown, frame.step)}${frame.data.models && typed(frame.values).race ? ` ${raceNote(shown, typed(frame.values))}` : ''}`,
    format: five,
  }
}

/** The losses of a model that the chart of the first twenty steps shows. */
export const earlyLosses = ({ losses, validationLosses }: ModelFrame) =>
  [losses, validationLosses].map((values) => [...values.subarray(0, 21)])

export function earlyContent(shown: Curves, logarithmic: boolean): ChartContent {
  const { frame } = shown
  const losses = frame.data.models?.flatMap(({ losses }) => [...losses.subarray(0, 21)]).filter(finite) ?? []
  const y = lossAxis(frame, losses, { logarithmic })
  return {
    x: { label: 'step', scale: 'linear', domain: [0, 20] },
    y,
    marks: losses.length > 0 ? [...levels(frame), ...lossMarks(shown, 20)] : [],
    empty: waiting(shown),
    description: `Loss in nats a word over the first twenty steps. ${described(shown, Math.min(20, frame.step))}`,
    format: five,
  }
}

export function repeatContent(shown: Curves): ChartContent {
  const { measuredSteps } = shown.frame.data
  const models = measuredSteps.length > 0 ? shownModels(shown) : []
  return {
    x: { label: 'step', scale: 'linear', domain: [0, Math.max(20, measuredSteps.at(-1) ?? 0)] },
    y: { label: 'probability; ρ (dashed)', scale: 'linear', domain: [-0.05, 1.05] },
    marks: models.flatMap((one): Mark[] => {
      const { model, name, curve, role } = one
      return [
        unlisted(`${name}: cosine ρ with the input word`, role, measuredSteps, model.alignments, {
          curve: `${curve} rho`,
          dashed: true,
        }),
        unlisted(`${name}: probability of the input word`, role, measuredSteps, model.ownProbabilities, {
          curve: `${curve} own`,
          width: 2.5,
        }),
        now(one, 'own', measuredSteps, model.ownProbabilities),
      ]
    }),
    note:
      models.length > 0
        ? `${each(models, ({ ownProbabilities }) => brief(last(ownProbabilities)))}; ρ = ${each(models, ({ alignments }) => brief(last(alignments)))}`
        : undefined,
    empty: waiting(shown),
    description:
      models.length === 0
        ? waiting(shown)
        : models
            .map(
              ({ model, name }) =>
                `${name} gives its input word a probability of ${spoken(last(model.ownProbabilities))}, after ${spoken(model.ownProbabilities[0])} at step 0. The cosine ρ between its final state and that word is ${spoken(last(model.alignments))}.`,
            )
            .join(' '),
    format: five,
  }
}
