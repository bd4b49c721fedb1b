/** Charts and tables of results: errors against β, the information plane, loss curves, and gradient norms. */

import { count, counted } from '../../count.ts'
import type { ChartContent, Mark, PointReading, TableContent } from '../../stage/contract.ts'
import { dots, line, rule } from '../common/marks.ts'
import { listed, spoken, spokenNats, spokenPercent } from '../common/spoken.ts'
import { roles } from './colours.ts'
import type { Evaluation, GradientNorms, LossCurves, ModelFigures } from './frame.ts'
import { betaText, five, median, modelText, nats, percent, spokenBeta } from './viewParts.ts'

const waiting = 'The first result comes after one epoch, or when you pause.'

/** A chart that shows only a sentence. */
export function waitingContent(said: string): ChartContent {
  const axis = { label: '', scale: 'linear', domain: [0, 1], ticks: [] } as const
  return { x: axis, y: axis, marks: [], empty: said, description: said }
}

interface Group {
  readonly beta: number
  readonly models: readonly number[]
}

/** Models grouped by β, in ascending order. */
function groupsOf({ betas }: Evaluation): Group[] {
  const groups = new Map<number, number[]>()
  for (const [model, beta] of betas.entries()) groups.set(beta, [...(groups.get(beta) ?? []), model])
  return [...groups].sort(([one], [other]) => one - other).map(([beta, models]) => ({ beta, models }))
}

function readModel(figures: ModelFigures, last: Evaluation, model: number): PointReading {
  const stopped = figures.stoppedAt[model]
  return {
    title: `β = ${betaText(last.betas[model])}, seed ${figures.seeds[model] + 1}`,
    rows: [
      { label: 'validation error', value: percent(last.validationError[model]) },
      { label: 'one sample', value: percent(last.validationErrorOneSample[model]) },
      { label: 'z = μ', value: percent(last.validationErrorMean[model]) },
      { label: 'training error', value: percent(last.trainError[model]) },
      { label: 'rate', value: nats(last.rate[model]) },
      { label: 'distortion', value: nats(last.distortion[model]) },
      ...(stopped >= 0 ? [{ label: 'stopped at step', value: String(stopped) }] : []),
    ],
  }
}

/** The evaluation's epoch, and where needed its number of images and its β; else how predictions are made. */
function evaluationNote({ betas, validationImages }: ModelFigures, last: Evaluation, shown: number): string {
  const partial = last.images < validationImages
  const moved = last.betas[shown] !== betas[shown]
  return [
    `after ${five(last.epoch)} ${last.epoch === 1 ? 'epoch' : 'epochs'}`,
    ...(partial ? [`on ${count(last.images)} of ${count(validationImages)} images`] : []),
    ...(moved ? [`at β = ${betaText(last.betas[shown])}, not yet at ${betaText(betas[shown])}`] : []),
    ...(partial || moved ? [] : ['predictions averaged over z']),
  ].join(', ')
}

/** How many models fit side by side, and the limit; undefined where all do. */
function roomNote({ betas, room }: ModelFigures): string | undefined {
  if (!room) return undefined
  const { models, wantedBytes, permittedBytes } = room
  return `${models} of ${betas.length} models at a time: together they take a buffer of ${mebibytes(wantedBytes)}, the largest here is ${mebibytes(permittedBytes)}`
}

const mebibytes = (bytes: number) => `${count(Math.round(bytes / 2 ** 20))} MiB`

/** More β than this are told by their ends and their best. */
const mostTold = 4

/** Errors against β, for the ear: medians over the seeds. */
function spokenErrors(what: string, groups: readonly Group[], errors: Float32Array): string {
  const told = groups.map(({ beta, models }) => ({
    beta,
    error: median(models.map((model) => errors[model])),
  }))
  const at = ({ beta, error }: (typeof told)[number]) => `${spokenPercent(error)} at β ${spokenBeta(beta)}`
  if (told.length <= mostTold) return `${what}: ${listed(told.map(at))}.`
  const best = told.reduce((one, other) => (other.error < one.error ? other : one))
  return `${what}: ${at(told[0])}; the least, ${at(best)}; ${at(told[told.length - 1])}.`
}

export interface SweepSwitches {
  /** Shows only errors near the smallest, without the training errors, which lie below. */
  readonly near: boolean
  /** Also shows the errors of single samples of z and of z = μ. */
  readonly single: boolean
}

export function sweepContent(
  figures: ModelFigures | undefined,
  shownModel: number,
  { near, single }: SweepSwitches,
): ChartContent {
  const last = figures?.evaluations.at(-1)
  const groups = last ? groupsOf(last) : []
  const x = groups.map(({ beta }) => beta)
  const of = (errors: Float32Array, summary: (values: readonly number[]) => number) =>
    groups.map(({ models }) => summary(models.map((model) => 100 * errors[model])))
  const marks: Mark[] = []
  let picked = 0
  if (figures && last) {
    if (groups.length > 1) {
      if (groups.some(({ models }) => models.length > 1))
        marks.push({
          kind: 'area',
          name: 'spread over seeds',
          curve: 'spread',
          role: roles.validation,
          opacity: 0.6,
          x,
          y: of(last.validationError, (values) => Math.max(...values)),
          baseline: of(last.validationError, (values) => Math.min(...values)),
        })
      if (!near)
        marks.push(
          line('training', roles.training, x, of(last.trainError, median), {
            curve: 'training',
            dashed: true,
          }),
        )
      if (single)
        marks.push(
          line('one sample', roles.oneSample, x, of(last.validationErrorOneSample, median), {
            curve: 'single',
          }),
          line('z = μ', roles.mean, x, of(last.validationErrorMean, median), { curve: 'mean' }),
        )
      const validation = of(last.validationError, median)
      marks.push(line('validation', roles.validation, x, validation, { curve: 'validation', width: 2.5 }))
    } else {
      const look = { curve: 'training', shape: 'diamond', size: 7 } as const
      marks.push(dots('training', roles.training, x, of(last.trainError, median), look))
    }
    picked = marks.length
    // of several groups, the line has the name
    const name = groups.length === 1 ? 'validation' : undefined
    const errors = Array.from(last.validationError, (error) => 100 * error)
    marks.push(
      dots(name, roles.validation, last.betas, errors, {
        curve: 'validation',
        ...{ size: 7, emphasis: shownModel },
      }),
    )
    const beta = figures.betas[shownModel]
    marks.push(rule('x', beta, `β = ${betaText(beta)}`, 'theory'))
  }
  const best = Math.min(...of(last?.validationError ?? new Float32Array(), median))
  const notes = figures
    ? [last && evaluationNote(figures, last, shownModel), roomNote(figures)].filter(
        (one) => one !== undefined,
      )
    : []
  return {
    x: {
      label: 'β',
      scale: 'log',
      domain: groups.length > 1 ? [x[0] / 1.6, x[x.length - 1] * 1.6] : [1e-8, 1000],
      format: betaText,
    },
    y: {
      label: 'error',
      unit: '%',
      scale: 'linear',
      domain: near && Number.isFinite(best) ? [Math.max(0, best - 2), best + 8] : [0, 100],
    },
    marks,
    pick: figures && last ? { mark: picked, read: (model) => readModel(figures, last, model) } : undefined,
    note: notes.length > 0 ? notes.join('; ') : undefined,
    empty: waiting,
    description: last
      ? [
          `Errors of ${counted(last.betas.length, 'model')} after ${spoken(last.epoch)} epochs.`,
          spokenErrors('Validation error', groups, last.validationError),
          ...(single ? [spokenErrors('Error of one sample', groups, last.validationErrorOneSample)] : []),
        ].join(' ')
      : waiting,
    format: (value) => `${five(value)}`,
  }
}

/** Smaller rates are drawn at the edge of the plot. */
const smallestRate = 1e-4

export function informationContent(figures: ModelFigures | undefined, shownModel: number): ChartContent {
  const last = figures?.evaluations.at(-1)
  const information = last ? Array.from(last.distortion, (value) => Math.LN10 - value) : []
  // a collapsed model has a rate near 0, or below it by rounding
  const rates = last ? Array.from(last.rate, (rate) => Math.max(rate, smallestRate)) : []
  const order = last ? groupsOf(last) : []
  const span = (values: ArrayLike<number>) =>
    `${spoken(Math.min(...Array.from(values)))} to ${spokenNats(Math.max(...Array.from(values)))}`
  const several =
    last && last.rate.length > 1
      ? ` All models: rates from ${span(last.rate)}, which tell ${span(information)}.`
      : ''
  const medians = (values: readonly number[]) =>
    order.map(({ models }) => median(models.map((model) => values[model])))
  return {
    x: {
      label: 'rate: KL to the prior ≥ I(Z; X)',
      unit: 'nats',
      scale: 'log',
      domain: [Math.max(smallestRate, Math.min(0.01, ...rates) / 1.6), Math.max(300, ...rates)],
    },
    y: {
      label: 'ln 10 − cross-entropy',
      unit: 'nats',
      scale: 'linear',
      domain: [Math.min(-0.2, ...information), 2.5],
    },
    marks: last
      ? [
          rule('y', Math.LN10, 'ln 10', 'theory', { curve: 'ln10' }),
          ...(order.length > 1
            ? [
                line(undefined, roles.validation, medians(rates), medians(information), {
                  curve: 'codes',
                  opacity: 0.6,
                }),
              ]
            : []),
          dots(undefined, roles.validation, rates, information, {
            curve: 'codes',
            ...{ size: 7, emphasis: shownModel },
          }),
        ]
      : [],
    pick:
      figures && last
        ? { mark: order.length > 1 ? 2 : 1, read: (model) => readModel(figures, last, model) }
        : undefined,
    note: last?.rate.some((rate) => rate <= smallestRate)
      ? 'cost → benefit of the code; rates up to 10⁻⁴ stand at the left edge'
      : 'cost → benefit of the code',
    empty: waiting,
    description: last
      ? `Each model by its rate, the cost of the code, and by what the code tells of the digit, which is ln 10 minus the cross-entropy; the line at ln 10 is at 2.3 nats. The shown model, of β ${spokenBeta(last.betas[shownModel])}: a rate of ${spokenNats(last.rate[shownModel])}, which tell ${spokenNats(information[shownModel])}.${several}`
      : waiting,
    format: five,
  }
}

/** A sentence about stopped models, as soon as they stop. It names one model; of the others it gives the number. */
function stoppedNote({ betas, stoppedAt }: ModelFigures): string | undefined {
  const stopped = stoppedAt.flatMap((step, model) => (step < 0 ? [] : [{ beta: betas[model], step }]))
  if (stopped.length === 0) return undefined
  const [{ beta, step }] = stopped
  const others = stopped.length > 1 ? ` and ${stopped.length - 1} more` : ''
  const rest = stopped.length < betas.length ? 'the others train on' : 'lower the learning rate, then reset'
  return `The model of β = ${betaText(beta)}${others} stopped at step ${step}: no longer finite; ${rest}.`
}

/** A sentence about a model that lost its code at a large β and has not found it again; undefined for others. */
export function collapsedNote(figures: ModelFigures, model: number): string | undefined {
  const since = figures.collapsedSince[model]
  if (since < 0) return undefined
  return `${modelText(figures, model)}: the code has collapsed. Since step ${since} this model has been no better than a blind guess. Restart it.`
}

/** A cross-entropy far above that of a blind guess (ln 10): no batch is so hard, so the learning rate is too large. */
const hopeless = 10 * Math.LN10

export function lossContent(
  curves: LossCurves | undefined,
  figures: ModelFigures | undefined,
  logarithmic: boolean,
): ChartContent {
  const anything = curves !== undefined && curves.steps.length > 0
  const [last, task] = anything ? [curves.total, curves.task].map((all) => all[all.length - 1]) : []
  const whose = figures && curves && modelText(figures, curves.model)
  const collapsed = figures && curves && collapsedNote(figures, curves.model)
  const diverged =
    task > hopeless ? `${whose}: far above a blind guess; lower the learning rate` : (collapsed ?? whose)
  return {
    x: { label: 'step', scale: 'linear' },
    y: { label: 'loss', unit: 'nats', scale: logarithmic ? 'log' : 'linear' },
    marks: anything
      ? [
          line('total', roles.total, curves.steps, curves.total, { curve: 'total' }),
          line('task', roles.task, curves.steps, curves.task, { curve: 'task loss' }),
          line('β · rate', roles.rate, curves.steps, curves.weightedRate, { curve: 'rate loss' }),
          line('validation', roles.validationLoss, curves.validationSteps, curves.validation, {
            curve: 'validation',
            dashed: true,
          }),
          rule('y', Math.LN10, 'ln 10', 'neutral', { curve: 'ln10', dashed: true }),
        ]
      : [],
    note: (figures && stoppedNote(figures)) ?? diverged,
    empty: 'Press play: every training step adds a point.',
    description: anything
      ? `Losses in nats against the step, for the model of β ${whose === undefined ? 'unknown' : spokenBeta(figures!.trainedBetas[curves.model])}. Now the total is ${spoken(last)}: the task ${spoken(task)} and β times rate ${spoken(curves.weightedRate[curves.weightedRate.length - 1])}. A blind guess costs ln 10, 2.3.`
      : 'No step is done yet.',
    format: five,
  }
}

/** The rate's weight is the present β, which the model may not have been trained with yet. */
function whoseGradients({ model, beta }: GradientNorms, figures: ModelFigures): string {
  const betas = figures.betas.map(() => beta)
  return modelText({ ...figures, betas, trainedBetas: betas }, model)
}

export function gradientContent(
  norms: GradientNorms | undefined,
  figures: ModelFigures | undefined,
  hidden: boolean,
): TableContent {
  const cell = (value: number) => (hidden ? '?' : value === 0 ? '0 (exactly)' : five(value))
  return {
    columns: [{ label: 'gradient norm of' }, { label: 'task loss' }, { label: 'β · rate' }],
    rows: norms
      ? (['encoder', 'decoder'] as const).map((part) => ({
          id: part,
          cells: [part, cell(norms[`${part}Task`]), cell(norms[`${part}Rate`])],
          role: roles[part],
          curve: `${part} network`,
        }))
      : [],
    note:
      norms && figures && !hidden
        ? `${whoseGradients(norms, figures)}: separate backward passes on the batch after step ${norms.step}`
        : undefined,
    empty: 'Measured on the first batch.',
    description:
      'Norms of the gradients of encoder and decoder: one column for the task loss, one for β times rate.',
  }
}
