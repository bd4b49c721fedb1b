/** The pictures of the gallery: each a short function with seeded content. */
import type { BarsContent, ChartContent, Mark } from '../../src/stage/index.ts'
import { seededNormal, spaced } from './seeded.ts'

const density = (x: number, sigma: number) =>
  Math.exp(-0.5 * (x / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI))

function sampled(sigma: number, seed: number, edges: readonly number[], count = 60_000): Float64Array {
  const normal = seededNormal(seed)
  const heights = new Float64Array(edges.length - 1)
  const width = edges[1] - edges[0]
  for (let draw = 0; draw < count; draw++) {
    const bin = Math.floor((sigma * normal() - edges[0]) / width)
    if (bin >= 0 && bin < heights.length) heights[bin] += 1 / (count * width)
  }
  return heights
}

/** Two distributions of very different width over each other; broken is as wide as `sigma`. */
export function distributions(sigma = 22.6, seed = 1, logarithmic = true): ChartContent {
  const wide = spaced(-100, 100, 161)
  const narrow = spaced(-6, 6, 61)
  const x = spaced(-100, 100, 401)
  const inner = spaced(-6, 6, 121)
  const marks: Mark[] = [
    { kind: 'histogram', name: 'std = 1', role: 'second', edges: wide, heights: sampled(sigma, seed, wide) },
    {
      kind: 'histogram',
      name: 'std = 1/√d',
      role: 'first',
      edges: narrow,
      heights: sampled(1, seed + 1, narrow),
    },
    { kind: 'line', name: 'predicted normal', role: 'theory', x, y: x.map((value) => density(value, sigma)) },
    { kind: 'line', role: 'theory', x: inner, y: inner.map((value) => density(value, 1)) },
  ]
  return {
    x: { label: 'logit', unit: 'nats', scale: 'linear', domain: [-100, 100] },
    y: {
      label: 'density',
      scale: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? [1e-6, 1] : [0, 0.45],
    },
    marks,
    description: `Histogram of the logits with standard deviation ${sigma} against 1.`,
  }
}

/** Softmax probabilities: needles on wrong words against an even lawn. */
export function forest(logarithmic: boolean, rows = 64, columns = 96, seed = 3): BarsContent {
  const field = (sigma: number, start: number) => {
    const normal = seededNormal(start)
    const heights = new Float32Array(rows * columns)
    for (let row = 0; row < rows; row++) {
      const weights = Float64Array.from({ length: columns }, () =>
        Math.exp(sigma * Math.max(...Array.from({ length: 40 }, normal))),
      )
      const sum = weights.reduce((total, weight) => total + weight, 0) * (sigma > 3 ? 1 : 40)
      for (let column = 0; column < columns; column++) heights[row * columns + column] = weights[column] / sum
    }
    return heights
  }
  return {
    fields: [
      { rows, columns, heights: field(22.6, seed), role: 'second', name: 'std = 1' },
      { rows, columns, heights: field(1, seed + 1), role: 'first', name: 'std = 1/√d' },
    ],
    height: {
      label: 'probability',
      scale: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? [1e-8, 1] : [0, 1],
    },
    rowLabel: 'tokens',
    columnLabel: 'words',
    description: 'Largest probability in each bin of the vocabulary, for 64 tokens and both schemes.',
    hover: (index, row, column) =>
      `${index === 0 ? 'std = 1' : 'std = 1/√d'}\ntoken ${row}, word bin ${column}`,
  }
}

const sizes = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096]
const lnV = Math.log(50_257)
const firstLoss = (sigma: number) =>
  sigma < Math.sqrt(2 * lnV) ? lnV + sigma ** 2 / 2 : lnV / 1 + sigma * Math.sqrt(2 * lnV) - lnV

/** The first loss against the width, three schemes, with measured dots. */
export function initialLoss(logarithmic: boolean, seed = 5): ChartContent {
  const normal = seededNormal(seed)
  const x = Array.from({ length: 129 }, (_, index) => 16 * 2 ** (index / 16))
  const sampledAt = [64, 128, 256, 512, 768, 1024]
  const measured = (std: (d: number) => number) =>
    sampledAt.map((d) => firstLoss(std(d) * Math.sqrt(d)) * (1 + 0.012 * normal()))
  const unit = measured(() => 1)
  return {
    x: { label: 'd_model', scale: 'log', domain: [16, 4096], ticks: sizes },
    y: {
      label: 'first loss',
      unit: 'nats',
      scale: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? [8, 400] : [0, 320],
    },
    marks: [
      {
        kind: 'line',
        name: 'std = 1',
        role: 'second',
        dashed: true,
        x,
        y: x.map((d) => firstLoss(Math.sqrt(d))),
      },
      {
        kind: 'line',
        name: 'std = 0.02',
        role: 'third',
        dashed: true,
        x,
        y: x.map((d) => firstLoss(0.02 * Math.sqrt(d))),
      },
      { kind: 'line', name: 'std = 1/√d', role: 'first', dashed: true, x, y: x.map(() => firstLoss(1)) },
      { kind: 'rule', axis: 'y', value: lnV, label: 'ln V', role: 'theory' },
      {
        kind: 'dots',
        name: 'measured, std = 1',
        role: 'second',
        x: sampledAt,
        y: unit,
        error: unit.map((loss) => loss * 0.05),
        emphasis: 3,
      },
      {
        kind: 'dots',
        name: 'measured, std = 1/√d',
        role: 'first',
        shape: 'diamond',
        x: sampledAt,
        y: measured((d) => 1 / Math.sqrt(d)),
      },
    ],
    description: 'The first loss grows with the width for std 1 and stays near ln V for the others.',
  }
}

/** Variance of the logits against the width: straight lines on two logarithmic axes. */
export function logitVariance(): ChartContent {
  const normal = seededNormal(7)
  const at = [16, 64, 256, 512, 1024, 4096]
  return {
    x: { label: 'd_model', scale: 'log', domain: [16, 4096], ticks: sizes },
    y: { label: 'variance of the logits', unit: 'nats²', scale: 'log' },
    marks: [
      { kind: 'line', name: 'std²·d', role: 'theory', x: sizes, y: sizes },
      { kind: 'line', role: 'theory', x: sizes, y: sizes.map(() => 1) },
      { kind: 'line', role: 'theory', x: sizes, y: sizes.map((d) => d * 0.0004) },
      { kind: 'dots', name: 'std = 1', role: 'second', x: at, y: at.map((d) => d * (1 + 0.02 * normal())) },
      {
        kind: 'dots',
        name: 'std = 1/√d',
        role: 'first',
        shape: 'diamond',
        x: at,
        y: at.map(() => 1 + 0.02 * normal()),
      },
      {
        kind: 'dots',
        name: 'std = 0.02',
        role: 'third',
        shape: 'triangle',
        x: at,
        y: at.map((d) => d * 0.0004),
      },
      { kind: 'dots', name: 'square', role: 'neutral', shape: 'square', x: [256], y: [10] },
    ],
    note: 'A logit is a sum of d products: its variance grows as d.',
    description: 'The variance of the logits equals std² times the width.',
  }
}

/** Areas with a gap, labelled rules that want the same place, a line with points that are not finite. */
export function areasAndRules(): ChartContent {
  const x = spaced(-6, 6, 241)
  const mixture = x.map((value) => 0.6 * density(value + 2, 0.8) + 0.4 * density(value - 2.5, 0.6))
  return {
    x: { label: 'x', scale: 'linear' },
    y: { label: 'density', scale: 'linear' },
    marks: [
      { kind: 'area', name: 'target p', role: 'truth', x, y: mixture },
      { kind: 'line', name: 'forward fit', role: 'first', x, y: x.map((value) => density(value, 2.4)) },
      {
        kind: 'line',
        name: 'reverse fit',
        role: 'second',
        x,
        y: x.map((value, index) => (index % 97 === 90 ? Number.NaN : density(value + 2, 0.85))),
      },
      { kind: 'rule', axis: 'x', value: -2, label: 'first mode', role: 'neutral' },
      { kind: 'rule', axis: 'x', value: -1.8, label: 'mean of p', role: 'theory' },
      { kind: 'rule', axis: 'x', value: 5.9, label: 'far tail', role: 'third' },
      { kind: 'rule', axis: 'y', value: 0.2, label: 'one fifth', role: 'neutral' },
      { kind: 'rule', axis: 'y', value: 0.205, label: 'and a bit more', role: 'third' },
      { kind: 'rule', axis: 'y', value: 0.3, label: 'top', role: 'second' },
    ],
    description: 'A mixture of two normals with two fits.',
  }
}

/** What must not break: nothing, one point, infinities, a domain without width. */
export function hostile(): ChartContent[] {
  const base = { description: 'Hostile content.' }
  const axis = { label: 'x', scale: 'linear' } as const
  const log = { label: 'loss', unit: 'nats', scale: 'log' } as const
  return [
    { ...base, x: axis, y: log, marks: [{ kind: 'line', name: 'nothing', role: 'first', x: [], y: [] }] },
    {
      ...base,
      x: axis,
      y: log,
      marks: [{ kind: 'dots', name: 'one point', role: 'first', x: [3], y: [0.5], emphasis: 0 }],
    },
    {
      ...base,
      x: axis,
      y: { ...log, domain: [Number.NaN, -3] },
      marks: [
        {
          kind: 'line',
          name: 'infinite',
          role: 'second',
          x: [0, 1, 2, 3, 4, 5],
          y: [1, Infinity, 3, Number.NaN, 10, 1e9],
        },
        {
          kind: 'histogram',
          name: 'odd',
          role: 'third',
          edges: [0, 1, 2, Number.NaN, 4],
          heights: [5, 0, Number.NaN, 7],
        },
      ],
    },
    {
      ...base,
      x: { ...axis, domain: [5, 5] },
      y: { ...axis, label: 'y', domain: [1e300, -1e300] },
      marks: [{ kind: 'area', name: 'flat', role: 'truth', x: [4, 6], y: [1e299, 2] }],
    },
  ]
}
