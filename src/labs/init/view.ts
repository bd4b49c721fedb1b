/** Draws the init lab: logits, softmax landscape, first loss and logit variance against the model's width. */

import { count, counted } from '../../count.ts'
import type { ChartContent, Mark, SceneContent, Stage } from '../../stage/contract.ts'
import { dots, line, rule } from '../common/marks.ts'
import { createPanelSetView, createSwitches, type PanelSet } from '../common/panelSet.ts'
import { anonymous, roles, schemeLabels, shapes } from '../common/schemeLooks.ts'
import { type Scheme, schemeStd } from '../common/schemes.ts'
import { spoken, spokenMeasured, spokenNats, spokenPercent } from '../common/spoken.ts'
import { brief, five, measuredText, nats } from '../common/texts.ts'
import type { View, ViewFrame } from '../lab.ts'
import type { InitFrame, MeasuredSetting } from './frame.ts'
import { typed } from './parameters.ts'
import { logitVariance, normalDensity } from './theory.ts'
import { curveWidths } from './theoryCurves.ts'

const widthTicks = [16, 64, 256, 1024, 4096]

type Frame = ViewFrame<InitFrame>

export interface Shown {
  readonly frame: Frame
  /** Whether the schemes are named. A riddle hides the names, and shows two models only. */
  readonly names: boolean
}

function lookOf({ frame, names }: Shown, scheme: Scheme) {
  const index = frame.data.schemes.findIndex((one) => one.scheme === scheme)
  const letter = ['a', 'b'][index] ?? 'other'
  const look = { role: roles[scheme], shape: shapes[scheme] }
  if (names) return { name: schemeLabels[scheme], curve: `${letter} ${scheme}`, ...look }
  const name = anonymous[index]
  return name && { name, curve: letter, ...look }
}

/** The visible schemes, each with its item to draw, its name and its looks. */
function looks<Item extends { readonly scheme: Scheme }>(shown: Shown, items: readonly Item[]) {
  return items.flatMap((item) => {
    const look = lookOf(shown, item.scheme)
    return look ? [{ ...item, ...look }] : []
  })
}

/** How each visible scheme stands at the present width, for the ear. `write` tells of one measured setting. */
function spokenSettings(shown: Shown, write: (setting: MeasuredSetting) => string): string {
  const { dModel } = typed(shown.frame.values)
  const told = looks(shown, shown.frame.data.curves).flatMap(({ scheme, name }) => {
    const setting = settingsOf(shown.frame, scheme).settings.find((one) => one.dModel === dModel)
    return setting ? [`${name}: ${write(setting)}`] : []
  })
  return `At d_model ${count(dModel)}, measured: ${told.length > 0 ? told.join('; ') : 'nothing yet'}.`
}

/** What the dashed curves do from the smallest width to the largest, for the ear. */
function spokenCurves(
  curves: readonly { readonly name: string; readonly values: ArrayLike<number> }[],
): string {
  const told = curves.flatMap(({ name, values }) => {
    const [first, last] = [values[0], values[values.length - 1]]
    return Number.isFinite(first + last) ? [`${name} from ${spoken(first)} to ${spoken(last)}`] : []
  })
  const [narrow, wide] = [curveWidths[0], curveWidths[curveWidths.length - 1]].map(count)
  return told.length > 0 ? ` Dashed theory from d_model ${narrow} to ${wide}: ${told.join('; ')}.` : ''
}

function partialNote({ data, values }: Frame): string | undefined {
  const { vocab } = typed(values)
  if (data.wordsSeen >= vocab || data.wordsSeen === 0) return undefined
  return `Partial result: ${count(data.wordsSeen)} of ${count(vocab)} words so far`
}

/** A share as the caption and the numbers beside the panel write it. */
const percent = (share: number) => `${(100 * share).toPrecision(3)} %`

/** Density of N(0, σ²) at `points` over ±6σ. */
function densityLine(sigma: number, points = 161) {
  const x = Float32Array.from({ length: points }, (_, index) => ((index / (points - 1)) * 12 - 6) * sigma)
  const y = x.map((value) => normalDensity(sigma, value))
  return { x, y }
}

export function logitsContent(shown: Shown, logarithmic: boolean): ChartContent {
  const { frame } = shown
  const { data, values, metrics } = frame
  const { dModel, hidden } = typed(values)
  const marks: Mark[] = []
  // the fixed scheme last, so that its narrow peak stands in front of the wide one
  const schemes = looks(shown, data.schemes)
  const ordered = [...schemes].sort((one, other) => other.std - one.std)
  for (const { name, curve, role, std } of ordered) {
    const edges = data.histogramEdges.map((edge) => edge * std)
    const heights = data.histogramDensity.map((density) => density / std)
    marks.push({ kind: 'histogram', name, curve: `${curve} measured`, role, edges, heights })
  }
  for (const [index, { name, curve, std }] of ordered.entries()) {
    const { x, y } = densityLine(std * Math.sqrt(dModel))
    marks.push(
      line(`predicted, ${name}`, 'theory', x, y, { curve: `${curve} predicted`, legend: index === 0 }),
    )
  }
  const own = metrics.ownLogit as number
  if (hidden === 'tied' && Number.isFinite(own))
    marks.push(
      rule('x', own, `own logit ${brief(own)}`, schemes[0].role, { curve: 'own measured' }),
      rule('x', metrics.ownLogitPredicted as number, undefined, 'theory', {
        name: 'own logit, predicted',
        curve: 'own predicted',
        legend: false,
      }),
    )
  const ownText =
    hidden === 'tied'
      ? ` The input word’s own logit is ${spokenMeasured(own, metrics.ownLogitStandardError as number)}; predicted is ${spoken(metrics.ownLogitPredicted as number)}.`
      : ''
  const sigmas = data.schemes.map(({ std }) => std * Math.sqrt(dModel))
  const reach = Math.max(...sigmas) * 5.5
  const peak = 0.4 / Math.min(...sigmas)
  const measured = measuredText(metrics.logitStd as number, metrics.logitStdStandardError as number)
  const spokenStd = spokenMeasured(metrics.logitStd as number, metrics.logitStdStandardError as number)
  const stds = `Standard deviation for ${schemes[0].name}: ${spokenStd} measured, ${spoken(sigmas[0])} predicted; for ${schemes[1].name}: ${spoken(sigmas[1])} predicted.`
  // down to 1e-4 of the peak of the wide density
  const floor = (0.4 / Math.max(...sigmas)) * 1e-4
  return {
    x: {
      label: 'logit',
      scale: 'linear',
      domain: [-reach, Math.max(reach, hidden === 'tied' ? own * 1.1 : 0)],
    },
    y: {
      label: 'probability density',
      scale: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? [floor, peak * 2.5] : [0, peak * 1.15],
      // a bin's share is known to half a percent at best
      format: (value) => five(Number(value.toPrecision(3))),
    },
    marks,
    // a riddle hides a number that solves it
    note:
      partialNote(frame) ??
      (shown.names ? `measured std ${measured}, predicted ${five(sigmas[0])}` : undefined),
    description: `Histograms of all logits of two models, centred at 0, with the predicted bells dashed.${shown.names ? ` ${stds}` : ''}${ownText}`,
  }
}

function landscapeContent(shown: Shown, logarithmic: boolean): SceneContent {
  const { frame } = shown
  const { data, metrics } = frame
  const schemes = looks(shown, data.schemes)
  const { landscapeRows, landscapeBins } = data
  const { vocab } = typed(frame.values)
  return {
    fields: schemes.map(({ name, curve, role, landscape }) => ({
      rows: landscapeRows,
      columns: landscapeBins,
      heights: landscape,
      role,
      name,
      curve,
    })),
    height: {
      label: 'largest probability',
      scale: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? [1e-6, 1] : [0, 1],
    },
    rowLabel: 'token',
    columnLabel: 'vocabulary',
    // always a note, so that no row of text appears or disappears while a slider is dragged
    note:
      partialNote(frame) ??
      `mean ${percent(metrics.maxProbability as number)} and ${percent(metrics.comparisonMaxProbability as number)}`,
    description: `Softmax probabilities as bars: ${counted(landscapeRows, 'token')} in rows, the vocabulary in columns, for two models side by side. On average the largest probability of a token is ${spokenPercent(metrics.maxProbability as number)} for ${schemes[0].name}, and ${spokenPercent(metrics.comparisonMaxProbability as number)} for ${schemes[1].name}.`,
    hover: (field, row, column) => {
      const first = Math.ceil((column * vocab) / landscapeBins)
      const last = Math.ceil(((column + 1) * vocab) / landscapeBins) - 1
      const { name, landscape } = schemes[field]
      return `${name}, token ${row + 1}, words ${count(first)}–${count(last)}: largest probability ${five(landscape[row * landscapeBins + column])}`
    },
  }
}

/** The measured settings of one scheme, by width, and which of them is the current one. */
function settingsOf(frame: Frame, scheme: Scheme) {
  const { data, values } = frame
  const settings = data.measured.filter((one) => one.scheme === scheme).sort((a, b) => a.dModel - b.dModel)
  const current = data.schemes[0].scheme === scheme
  const emphasis = current ? settings.findIndex((one) => one.dModel === typed(values).dModel) : -1
  return { settings, emphasis: emphasis >= 0 ? emphasis : undefined }
}

function dotMarks(
  shown: Shown,
  value: (setting: MeasuredSetting) => number,
  error: (setting: MeasuredSetting) => number,
  /** Whether no curve explains their colours. */
  legend = false,
): Mark[] {
  return looks(shown, shown.frame.data.curves).flatMap(({ scheme, name, curve, role, shape }): Mark[] => {
    const { settings, emphasis } = settingsOf(shown.frame, scheme)
    if (settings.length === 0) return []
    const widths = settings.map((one) => one.dModel)
    const more = { curve: `${curve} measured`, legend, shape, error: settings.map(error), emphasis }
    return [dots(`${name}, measured`, role, widths, settings.map(value), more)]
  })
}

/** The range of the widths and a margin, so that no dot lies on the axes' numbers. */
const widthAxis = { label: 'd_model', scale: 'log', domain: [13.5, 4850], ticks: widthTicks } as const

export interface LossSwitches {
  readonly logarithmic: boolean
  /** Only what is near ln V. */
  readonly near: boolean
  /** With the expected losses over d_model. A question hides them. */
  readonly theory: boolean
}

/** The ends of the loss axis: all losses, or from ln V to two nats above it, or up to the newest dot. */
function lossDomain(frame: Frame, { logarithmic, near, theory }: LossSwitches): [number, number] {
  const { data, metrics } = frame
  const lnVocab = metrics.lnVocab as number
  if (near) {
    const above = (metrics.loss as number) - lnVocab
    return [lnVocab - 0.25, lnVocab + (above > 1.9 ? above * 1.08 : 2)]
  }
  const known = theory ? data.curves.flatMap(({ loss }) => [...loss]).filter(Number.isFinite) : []
  const top = Math.max(...known, ...data.measured.map((one) => one.loss), lnVocab + 1)
  return logarithmic ? [lnVocab * 0.85, top * 1.2] : [top * -0.04, top * 1.05]
}

export function lossContent(shown: Shown, switches: LossSwitches): ChartContent {
  const { frame } = shown
  const { logarithmic, near, theory } = switches
  const { data, metrics } = frame
  const lines = looks(shown, theory ? data.curves : []).map(({ name, curve, role, loss }) =>
    line(name, role, curveWidths, loss, { curve: `${curve} predicted`, dashed: true }),
  )
  const lnVocab = metrics.lnVocab as number
  const measured = measuredText(metrics.loss as number, metrics.lossStandardError as number)
  const expected = nats(metrics.lossPredicted as number)
  return {
    x: widthAxis,
    y: {
      label: 'first loss',
      unit: 'nats',
      scale: logarithmic && !near ? 'log' : 'linear',
      domain: lossDomain(frame, switches),
    },
    marks: [
      rule('y', lnVocab, `ln V = ${five(lnVocab)}`, 'neutral', { curve: 'lnV' }),
      ...(near
        ? [rule('y', lnVocab + 0.5, `ln V + ½ = ${five(lnVocab + 0.5)}`, 'neutral', { curve: 'half' })]
        : []),
      ...lines,
      ...dotMarks(
        shown,
        (one) => one.loss,
        (one) => one.standardError,
        !theory,
      ),
    ],
    note:
      partialNote(frame) ??
      (theory ? `measured ${measured}, expected ${expected}` : `measured ${measured} nats`),
    description: `First loss in nats against d_model. ${spokenSettings(shown, (one) => spokenMeasured(one.loss, one.standardError))}${
      theory ? ` Of the chosen std ${spokenNats(metrics.lossPredicted as number)} are expected.` : ''
    } The line at ln V is at ${spokenNats(lnVocab)}.${spokenCurves(looks(shown, theory ? data.curves : []).map(({ name, loss }) => ({ name, values: loss })))}`,
    format: five,
  }
}

export function varianceContent(shown: Shown): ChartContent {
  const { data, values, metrics } = shown.frame
  const { std } = typed(values)
  const lines = looks(shown, data.curves).map(({ scheme, name, curve, role }) => {
    const variances = curveWidths.map((width) => logitVariance(width, schemeStd(scheme, width, std)))
    return line(name, role, curveWidths, variances, { curve: `${curve} predicted`, dashed: true })
  })
  const logitStd = metrics.logitStd as number
  const measured = measuredText(logitStd ** 2, 2 * logitStd * (metrics.logitStdStandardError as number))
  const predicted = five((metrics.logitStdPredicted as number) ** 2)
  return {
    x: widthAxis,
    y: { label: 'logits’ variance', scale: 'log' },
    marks: [
      ...lines,
      ...dotMarks(
        shown,
        (one) => one.logitVariance,
        (one) => one.logitVarianceError,
      ),
    ],
    note: shown.names ? `measured ${measured}, d·std² = ${predicted}` : undefined,
    description: `Variance of the logits against d_model.${
      shown.names
        ? ` ${spokenSettings(shown, (one) => spokenMeasured(one.logitVariance, one.logitVarianceError))}`
        : ''
    }${spokenCurves(looks(shown, data.curves).map(({ scheme, name }) => ({ name, values: curveWidths.map((width) => logitVariance(width, schemeStd(scheme, width, std))) })))}`,
    format: five,
  }
}

export function createPanels(stage: Stage): PanelSet {
  let frame: Frame | undefined
  const switches = { names: true, theory: true, logits: true, landscape: false, loss: false, near: false }
  const { toggle, places } = createSwitches(
    switches,
    {
      names: ['loss', 'names'],
      theory: ['loss', 'theory'],
      logits: ['logits', 'log'],
      landscape: ['landscape', 'log height'],
      loss: ['loss', 'log'],
      near: ['loss', 'near ln V'],
    },
    () => frame && draw(frame),
  )
  const loss = stage.chart({
    id: 'loss',
    title: 'First loss',
    toggles: [toggle('names'), toggle('theory'), toggle('near'), toggle('loss')],
  })
  const landscape = stage.scene({
    id: 'landscape',
    title: 'Softmax landscape',
    toggles: [toggle('landscape')],
  })
  const logits = stage.chart({ id: 'logits', title: 'All logits', toggles: [toggle('logits')] })
  const variance = stage.chart({ id: 'variance', title: 'Variance of the logits' })

  function draw(next: Frame): void {
    frame = next
    const shown = { frame: next, names: switches.names }
    loss.update(
      lossContent(shown, { logarithmic: switches.loss, near: switches.near, theory: switches.theory }),
    )
    variance.update(varianceContent(shown))
    if (next.data.wordsSeen === 0) return // nothing is measured yet: the panels show that they wait
    logits.update(logitsContent(shown, switches.logits))
    landscape.update(landscapeContent(shown, switches.landscape))
  }

  return { draw: (next) => draw(next as Frame), switches: places }
}

export const createView = (stage: Stage): View =>
  createPanelSetView(
    stage,
    () => 'first loss',
    () => createPanels(stage),
  )
