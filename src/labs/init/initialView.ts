/** The initial state: logits, softmax landscape, first loss and logit variance against the model's width. */
import type { ChartContent, Mark, SceneContent, Stage } from '../../stage/contract.ts'
import type { ViewFrame } from '../lab.ts'
import { createSwitches, type PanelSet } from '../panelSet.ts'
import type { InitFrame, MeasuredSetting } from './frame.ts'
import { type Scheme, schemeLabels, schemeStd, typed } from './parameters.ts'
import { logitVariance, normalDensity } from './theory.ts'
import { curveWidths } from './theoryCurves.ts'
import { count, five, nats, roles, shapes } from './viewParts.ts'

const widthTicks = [16, 64, 256, 1024, 4096]

type Frame = ViewFrame<InitFrame>

function partialNote({ data, values }: Frame): string | undefined {
  const { vocab } = typed(values)
  if (data.wordsSeen >= vocab || data.wordsSeen === 0) return undefined
  return `Partial result: ${count(data.wordsSeen)} of ${count(vocab)} words so far`
}

/** Density of N(0, σ²) at `points` over ±6σ. */
function densityLine(sigma: number, points = 161) {
  const x = Float32Array.from({ length: points }, (_, index) => ((index / (points - 1)) * 12 - 6) * sigma)
  const y = x.map((value) => normalDensity(sigma, value))
  return { x, y }
}

function logitsContent(frame: Frame, logarithmic: boolean): ChartContent {
  const { data, values, metrics } = frame
  const { dModel, hidden } = typed(values)
  const marks: Mark[] = []
  // the fixed one last, so that its narrow peak stands before the wide one
  const ordered = [...data.schemes].sort((one, other) => other.std - one.std)
  for (const { scheme, std } of ordered) {
    const edges = data.histogramEdges.map((edge) => edge * std)
    const heights = data.histogramDensity.map((density) => density / std)
    marks.push({ kind: 'histogram', name: schemeLabels[scheme], role: roles[scheme], edges, heights })
  }
  for (const [index, { std }] of ordered.entries()) {
    const name = index === 0 ? 'predicted N(0, d·std²)' : undefined
    marks.push({
      kind: 'line',
      name,
      role: 'theory',
      dashed: true,
      ...densityLine(std * Math.sqrt(dModel)),
    })
  }
  const own = metrics.ownLogit as number
  if (hidden === 'tied' && Number.isFinite(own))
    marks.push({
      kind: 'rule',
      axis: 'x',
      value: own,
      role: roles[data.schemes[0].scheme],
      label: `input word’s own logit ${five(own)}`,
    })
  const sigmas = data.schemes.map(({ std }) => std * Math.sqrt(dModel))
  const reach = Math.max(...sigmas) * 5.5
  const peak = 0.4 / Math.min(...sigmas)
  // down to where the wide one has fallen to 1e-4 of its peak
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
    },
    marks,
    note:
      partialNote(frame) ?? `measured std ${five(metrics.logitStd as number)}, predicted ${five(sigmas[0])}`,
    description: `Histogram of all logits. Standard deviation ${five(metrics.logitStd as number)} measured and ${five(sigmas[0])} predicted for ${schemeLabels[data.schemes[0].scheme]}; ${five(sigmas[1])} predicted for ${schemeLabels[data.schemes[1].scheme]}.`,
  }
}

function landscapeContent(frame: Frame, logarithmic: boolean): SceneContent {
  const { data, metrics } = frame
  const { landscapeRows, landscapeBins } = data
  const { vocab } = typed(frame.values)
  return {
    fields: data.schemes.map(({ scheme, landscape }) => ({
      rows: landscapeRows,
      columns: landscapeBins,
      heights: landscape,
      role: roles[scheme],
      name: schemeLabels[scheme],
    })),
    height: {
      label: 'largest probability',
      scale: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? [1e-6, 1] : [0, 1],
    },
    rowLabel: 'token',
    columnLabel: 'vocabulary',
    note: partialNote(frame),
    description: `Softmax probabilities of ${landscapeRows} tokens over the vocabulary. Mean largest probability ${five(metrics.maxProbability as number)} for ${schemeLabels[data.schemes[0].scheme]}, ${five(metrics.comparisonMaxProbability as number)} for ${schemeLabels[data.schemes[1].scheme]}.`,
    hover: (field, row, column) => {
      const first = Math.ceil((column * vocab) / landscapeBins)
      const last = Math.ceil(((column + 1) * vocab) / landscapeBins) - 1
      const { scheme, landscape } = data.schemes[field]
      return `${schemeLabels[scheme]}, token ${row + 1}, words ${count(first)}–${count(last)}: largest probability ${landscape[row * landscapeBins + column].toPrecision(4)}`
    },
  }
}

/** The dots of one scheme, by width, and which of them is the current setting. */
function dotsOf(frame: Frame, scheme: Scheme) {
  const { data, values } = frame
  const dots = data.measured.filter((one) => one.scheme === scheme).sort((a, b) => a.dModel - b.dModel)
  const current = data.schemes[0].scheme === scheme
  const emphasis = current ? dots.findIndex((one) => one.dModel === typed(values).dModel) : -1
  return { dots, emphasis: emphasis >= 0 ? emphasis : undefined }
}

function dotMarks(
  frame: Frame,
  value: (setting: MeasuredSetting) => number,
  error?: (setting: MeasuredSetting) => number,
): Mark[] {
  return frame.data.curves.flatMap(({ scheme }): Mark[] => {
    const { dots, emphasis } = dotsOf(frame, scheme)
    if (dots.length === 0) return []
    return [
      {
        kind: 'dots',
        name: `${schemeLabels[scheme]}, measured`,
        legend: false,
        role: roles[scheme],
        shape: shapes[scheme],
        x: dots.map((one) => one.dModel),
        y: dots.map(value),
        error: error && dots.map(error),
        emphasis,
      },
    ]
  })
}

const widthAxis = { label: 'd_model', scale: 'log', domain: [16, 4096], ticks: widthTicks } as const

/** Where the loss axis begins and ends: everything, or the two nats above ln V where the fixed schemes live. */
function lossDomain(frame: Frame, logarithmic: boolean, near: boolean): [number, number] {
  const { data, metrics } = frame
  const lnVocab = metrics.lnVocab as number
  if (near) return [lnVocab - 0.25, lnVocab + 2]
  const known = data.curves.flatMap(({ loss }) => [...loss]).filter(Number.isFinite)
  const top = Math.max(...known, ...data.measured.map((one) => one.loss), lnVocab + 1)
  return logarithmic ? [lnVocab * 0.85, top * 1.2] : [0, top * 1.05]
}

function lossContent(frame: Frame, logarithmic: boolean, near: boolean): ChartContent {
  const { data, metrics } = frame
  const lines = data.curves.map(
    ({ scheme, loss }): Mark => ({
      kind: 'line',
      name: schemeLabels[scheme],
      role: roles[scheme],
      dashed: true,
      x: curveWidths,
      y: loss,
    }),
  )
  const lnVocab = metrics.lnVocab as number
  const rule = (value: number, label: string): Mark => ({
    kind: 'rule',
    axis: 'y',
    value,
    role: 'neutral',
    label,
  })
  return {
    x: widthAxis,
    y: {
      label: 'first loss',
      unit: 'nats',
      scale: logarithmic && !near ? 'log' : 'linear',
      domain: lossDomain(frame, logarithmic, near),
    },
    marks: [
      rule(lnVocab, `ln V = ${five(lnVocab)}`),
      ...(near ? [rule(lnVocab + 0.5, `ln V + ½ = ${five(lnVocab + 0.5)}`)] : []),
      ...lines,
      ...dotMarks(
        frame,
        (one) => one.loss,
        (one) => one.standardError,
      ),
    ],
    note:
      partialNote(frame) ??
      `measured ${five(metrics.loss as number)} ± ${(metrics.lossStandardError as number).toPrecision(2)}, expected ${nats(metrics.lossPredicted as number)}`,
    description: `First loss against d_model. Now ${nats(metrics.loss as number)} measured, ${nats(metrics.lossPredicted as number)} expected; ln V is ${nats(lnVocab)}.`,
    format: five,
  }
}

function varianceContent(frame: Frame): ChartContent {
  const { data, values, metrics } = frame
  const { std } = typed(values)
  const lines = data.curves.map(
    ({ scheme }): Mark => ({
      kind: 'line',
      name: schemeLabels[scheme],
      role: roles[scheme],
      dashed: true,
      x: curveWidths,
      y: curveWidths.map((width) => logitVariance(width, schemeStd(scheme, width, std))),
    }),
  )
  const variance = (metrics.logitStd as number) ** 2
  return {
    x: widthAxis,
    y: { label: 'logits’ variance', scale: 'log' },
    marks: [...lines, ...dotMarks(frame, (one) => one.logitVariance)],
    note: `measured ${five(variance)}, d·std² = ${five((metrics.logitStdPredicted as number) ** 2)}`,
    description: `Variance of the logits against d_model. Now ${five(variance)} measured, ${five((metrics.logitStdPredicted as number) ** 2)} predicted.`,
    format: five,
  }
}

export function createInitialView(stage: Stage): PanelSet {
  let frame: Frame | undefined
  const switches = { logits: true, landscape: false, loss: false, near: false }
  const { toggle, places } = createSwitches(
    switches,
    {
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
    toggles: [toggle('near'), toggle('loss')],
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
    loss.update(lossContent(next, switches.loss, switches.near))
    variance.update(varianceContent(next))
    if (next.data.wordsSeen === 0) return // nothing measured yet: the panels say that they wait
    logits.update(logitsContent(next, switches.logits))
    landscape.update(landscapeContent(next, switches.landscape))
  }

  return { draw: (next) => draw(next as Frame), switches: places }
}
