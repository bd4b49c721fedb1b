/** Draws the KL lab's uniform family: the two densities, the ratio in the logarithm, and the surrogate. */
import type { ChartContent, Handle, HandleEvent, Mark, Stage } from '../../stage/contract.ts'
import { dots, line } from '../common/marks.ts'
import type { PanelSet } from '../common/panelSet.ts'
import { spoken, spokenNats } from '../common/spoken.ts'
import type { ViewActions, ViewFrame } from '../lab.ts'
import { roles } from './colours.ts'
import type { UniformFrame } from './frame.ts'
import { type KlValues, typed } from './parameters.ts'
import { five, klNames, nats } from './texts.ts'
import { draggedEdge, type Edge, surrogateKl, uniformKl, uniformPieces } from './uniform.ts'
import { partOf } from './viewParts.ts'

type Frame = ViewFrame<UniformFrame>

const edges = {
  a: { role: roles.target, name: 'left edge a of P' },
  b: { role: roles.target, name: 'right edge b of P' },
  c: { role: roles.reverse, name: 'left edge c of Q' },
  d: { role: roles.reverse, name: 'right edge d of Q' },
} as const

/** "ln 2 = 0.69315 nats", or "∞": a KL between uniforms is exactly the logarithm of a ratio of widths. */
function exactly(kl: number): string {
  if (!Number.isFinite(kl)) return '∞'
  return kl === 0 ? '0 nats' : `ln ${five(Math.exp(kl))} = ${nats(kl)}`
}

function statement(values: KlValues): string {
  const { forward, reverse } = uniformKl(values.a, values.b, values.c, values.d)
  return `KL(P‖Q) = ${exactly(forward)}; KL(Q‖P) = ${exactly(reverse)}`
}

/** Both KLs for the ear. */
function spokenKls({ a, b, c, d }: KlValues): string {
  const { forward, reverse } = uniformKl(a, b, c, d)
  return `Forward KL is ${spokenNats(forward)}; reverse KL is ${spokenNats(reverse)}.`
}

/** Which density alone has mass where, for the ear. */
function spokenRegions({ a, b, c, d }: KlValues): string {
  return uniformPieces(a, b, c, d)
    .map(({ from, to, p, q }) => {
      const where = `From ${spoken(from)} to ${spoken(to)}`
      if (p > 0 && q > 0) return `${where}, p over q is ${spoken(p / q)} and q over p is ${spoken(q / p)}.`
      return p > 0 || q > 0 ? `${where}, only ${p > 0 ? 'P' : 'Q'} has mass.` : ''
    })
    .filter((text) => text !== '')
    .join(' ')
}

function box(from: number, to: number, height: number) {
  return { x: [from, from, to, to], y: [0, height, height, 0] }
}

function domainOf({ a, b, c, d }: KlValues): [number, number] {
  const [low, high] = [Math.min(a, c), Math.max(b, d)]
  const room = 0.25 * (high - low)
  return [Math.max(-10.5, low - room), Math.min(10.5, high + room)]
}

const regionNames = { forward: 'p/0: forward ∞', reverse: 'q/0: reverse ∞' } as const

/** The regions that make a KL infinite, with its name if there is room for it. */
function infiniteRegions(values: KlValues, height: number, wordsAt: number) {
  const { a, b, c, d } = values
  const [from, to] = domainOf(values)
  const regions = uniformPieces(a, b, c, d).flatMap(({ infinite, ...piece }) =>
    infinite ? [{ ...piece, infinite, name: regionNames[infinite] }] : [],
  )
  const marks = regions.map(
    ({ from, to, infinite, name }, index): Mark => ({
      kind: 'area',
      name,
      curve: `infinite ${infinite}`,
      legend: regions.findIndex((one) => one.name === name) === index,
      role: roles.infinite,
      baseline: 0,
      ...box(from, to, height),
    }),
  )
  const texts = regions.map((region) => {
    const share = (region.to - region.from) / (to - from)
    const text = share > 0.25 ? region.name : share > 0.1 ? region.name.slice(0, 3) : ''
    return { text, x: (region.from + region.to) / 2, y: wordsAt }
  })
  return { marks, texts }
}

/** Handles of the edges, at the height of their boxes; undefined for values of another family. */
function uniformHandles(values: KlValues): readonly Handle[] | undefined {
  const { family, a, b, c, d } = values
  if (family !== 'uniform') return undefined
  const handle = (id: Edge, y: number): Handle => ({
    id,
    x: values[id],
    y,
    role: edges[id].role,
    label: `${edges[id].name}: ${five(values[id])}`,
    moves: 'x',
    step: 0.05,
  })
  const [p, q] = [1 / (b - a), 1 / (d - c)]
  return [handle('a', p), handle('b', p), handle('c', q), handle('d', q)]
}

function densitiesContent(values: KlValues, handles: ChartContent['handles']): ChartContent {
  const { a, b, c, d } = values
  const [p, q] = [1 / (b - a), 1 / (d - c)]
  const height = 1.3 * Math.max(p, q)
  const infinite = infiniteRegions(values, height, 0.9 * height)
  return {
    x: { label: 'x', scale: 'linear', domain: domainOf(values) },
    y: { label: 'density', scale: 'linear', domain: [0, height] },
    marks: [
      { kind: 'area', name: 'P = U(a, b)', curve: 'p', role: roles.target, baseline: 0, ...box(a, b, p) },
      { kind: 'line', curve: 'p', role: roles.target, width: 2, ...box(a, b, p) },
      { kind: 'area', name: 'Q = U(c, d)', curve: 'q', role: roles.reverse, baseline: 0, ...box(c, d, q) },
      { kind: 'line', curve: 'q', role: roles.reverse, width: 2, ...box(c, d, q) },
      ...infinite.marks,
    ],
    texts: infinite.texts,
    handles,
    note: statement(values),
    description: `P is uniform from ${spoken(a)} to ${spoken(b)} with density ${spoken(p)}, Q from ${spoken(c)} to ${spoken(d)} with density ${spoken(q)}. ${spokenKls(values)}`,
    format: five,
  }
}

/** The ratio p/q (forward) or q/p (reverse) where its numerator has mass; "p/0" or "q/0" for a denominator of 0. */
function ratioContent(values: KlValues): ChartContent {
  const { a, b, c, d } = values
  const pieces = uniformPieces(a, b, c, d)
  const overlap = pieces.filter(({ p, q }) => p > 0 && q > 0)
  const highest = Math.max(2, ...overlap.map(({ p, q }) => Math.max(p / q, q / p)))
  const lines = (name: string, fit: 'forward' | 'reverse', ratio: (p: number, q: number) => number): Mark[] =>
    overlap.map(({ from, to, p, q }, index) => {
      const height = ratio(p, q)
      return line(index === 0 ? name : undefined, roles[fit], [from, to], [height, height], {
        curve: `ratio ${fit}`,
        width: 3,
      })
    })
  const infinite = infiniteRegions(values, 1.4 * highest, 1.1 * highest)
  return {
    x: { label: 'x', scale: 'linear', domain: domainOf(values) },
    y: { label: 'ratio inside the logarithm', scale: 'linear', domain: [0, 1.4 * highest] },
    marks: [
      ...infinite.marks,
      ...lines('p/q, averaged over P', 'forward', (p, q) => p / q),
      ...lines('q/p, averaged over Q', 'reverse', (p, q) => q / p),
    ],
    texts: infinite.texts,
    note:
      infinite.marks.length > 0
        ? 'In the high regions the other density is 0.'
        : 'Wherever one has mass the other has too: both KLs are finite.',
    empty: 'P and Q do not overlap: both ratios are divided by 0.',
    description: `The ratios of the densities over x. ${spokenRegions(values)} ${spokenKls(values)}`,
    format: five,
  }
}

const epsilons = Array.from({ length: 93 }, (_, index) => 10 ** (-12 + (index / 92) * (12 + Math.log10(0.5))))

function surrogateContent(values: KlValues): ChartContent {
  const { a, b, c, d, smoothing, epsilon } = values
  const at = (value: number) => surrogateKl(a, b, c, d, value)
  const now = at(epsilon)
  const dot = (name: 'forward' | 'reverse') =>
    dots(undefined, roles[name], [epsilon], [now[name]], { curve: `surrogate ${name}`, size: 11 })
  const curve = epsilons.map(at)
  return {
    x: { label: 'ε', scale: 'log', domain: [1e-12, 0.5] },
    y: { label: 'smoothed surrogate', unit: 'nats', scale: 'linear' },
    marks: smoothing
      ? [
          ...(['forward', 'reverse'] as const).map((name) =>
            line(
              `surrogate ${klNames[name]}`,
              roles[name],
              epsilons,
              curve.map((one) => one[name]),
              { curve: `surrogate ${name}` },
            ),
          ),
          dot('forward'),
          dot('reverse'),
        ]
      : [],
    note: smoothing
      ? `not the KL but a surrogate: at ε = ${five(epsilon)} forward ${five(now.forward)}, reverse ${nats(now.reverse)}`
      : undefined,
    empty: 'Switch “smoothing floor ε” on to see what smoothing makes of infinity.',
    description: smoothing
      ? `Surrogates of both KLs against the floor ε, from 10 to the minus 12 to 0.5. At ε ${spoken(epsilon)} that of forward KL is ${spokenNats(now.forward)}, that of reverse KL ${spokenNats(now.reverse)}.`
      : 'Nothing is drawn: the smoothing floor is off, so infinite stays infinite.',
    format: five,
  }
}

export function createUniformView(stage: Stage, actions: ViewActions): PanelSet {
  const now = () => typed(actions.values())
  const move = (event: HandleEvent) => {
    const values = now()
    if (event.kind !== 'move' || values.family !== 'uniform') return
    const id = event.id as Edge
    actions.set({ [id]: draggedEdge(values, id, event.x) }, partOf(event))
  }
  const densities = stage.chart({ id: 'densities', title: 'P and Q', onHandle: move })
  const ratio = stage.chart({ id: 'ratio', title: 'The ratio in the logarithm' })
  const surrogate = stage.chart({ id: 'surrogate', title: 'What smoothing makes of it' })
  return {
    draw(next) {
      const values = typed((next as Frame).values)
      densities.update(densitiesContent(values, uniformHandles(now())))
      ratio.update(ratioContent(values))
      surrogate.update(surrogateContent(values))
    },
    follow: (values) => densities.place(uniformHandles(typed(values))),
    switches: {},
  }
}
