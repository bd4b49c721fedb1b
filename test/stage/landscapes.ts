/** More pictures of the gallery: surfaces, clouds of dots, handles and a table, with seeded content. */
import type { ChartContent, Handle, Role, SurfaceContent, TableContent } from '../../src/stage/index.ts'
import { seededNormal, spaced } from './seeded.ts'

const basins: readonly Role[] = ['basin1', 'basin2', 'basin3', 'basin4', 'basin5', 'basin6']

/** Two wells in a bowl, in nats. */
export const wells = (x: number, y: number) =>
  3.2 -
  2.4 * Math.exp(-((x + 2) ** 2) / 1.2 - (y + 0.4) ** 2 / 0.5) -
  1.9 * Math.exp(-((x - 2.2) ** 2) / 1.6 - (y - 0.3) ** 2 / 0.6) +
  0.09 * (x ** 2 + 2 * y ** 2)

const lattice = { x: spaced(-5, 5, 97), y: spaced(-2, 2, 65) }
const relief = (height: (x: number, y: number) => number) =>
  Float32Array.from(lattice.y.flatMap((y) => lattice.x.map((x) => height(x, y))))
const wellsRelief = relief(wells)
const bowlRelief = relief((x, y) => 0.5 + 0.12 * (x - 1) ** 2 + 0.5 * y ** 2)
/** A relief with a hole, and values far beyond the axis. */
const holedRelief = relief((x, y) => {
  if (Math.hypot(x, 2 * y) < 1) return Number.NaN
  return Math.abs(x) > 4 ? 1e6 : wells(x, y)
})

/** Steepest descent on the wells, a step at a time. */
function descent(x: number, y: number, steps: number) {
  const path = { x: [x], y: [y], heights: [wells(x, y)] }
  const e = 1e-4
  for (let step = 0; step < steps; step++) {
    const slopeX = (wells(x + e, y) - wells(x - e, y)) / (2 * e)
    const slopeY = (wells(x, y + e) - wells(x, y - e)) / (2 * e)
    x -= 0.06 * slopeX
    y -= 0.06 * slopeY
    path.x.push(x)
    path.y.push(y)
    path.heights.push(wells(x, y))
  }
  return path
}

export function landscape(points = 600, seed = 1): SurfaceContent {
  const normal = seededNormal(seed)
  const x = Float32Array.from({ length: points }, () => 2 * normal())
  const y = Float32Array.from({ length: points }, () => 0.8 * normal())
  return {
    kind: 'surface',
    x: { label: 'μ', scale: 'linear', domain: [-5, 5] },
    y: { label: 'log σ', scale: 'linear', domain: [-2, 2] },
    height: { label: 'divergence', unit: 'nats', scale: 'linear', domain: [0, 6] },
    surfaces: [{ name: 'wells', role: 'second', ...lattice, heights: wellsRelief }],
    paths: [{ name: 'descent', role: 'theory', dashed: false, ...descent(-0.3, 1.6, 120) }],
    points: [
      {
        name: 'starts',
        role: 'neutral',
        size: 4,
        x,
        y,
        heights: x.map((value, index) => wells(value, y[index])),
        roles: Array.from(x, (value) => basins[value < 0 ? 0 : 1]),
      },
      { role: 'truth', size: 9, x: [-1.95, 2.1], y: [-0.38, 0.3], heights: [0.9, 1.75], emphasis: 0 },
    ],
    description: 'Two wells with 600 starts.',
    hover: (x, y) => `μ ${x.toFixed(2)}, log σ ${y.toFixed(2)}\n${wells(x, y).toFixed(3)} nats`,
  }
}

/** Two translucent surfaces, one through the other. */
export function crossing(): SurfaceContent {
  return {
    ...landscape(0),
    surfaces: [
      { name: 'wells', role: 'second', ...lattice, heights: wellsRelief, opacity: 0.75 },
      { name: 'bowl', role: 'first', ...lattice, heights: bowlRelief, opacity: 0.55 },
    ],
    points: [],
    paths: [{ name: 'path', role: 'theory', ...descent(4.5, -1.5, 200) }],
  }
}

/** A hole, a plateau where the axis ends, a logarithmic height, points that are nowhere. */
export function rugged(): SurfaceContent {
  return {
    ...landscape(0),
    height: { label: 'divergence', unit: 'nats', scale: 'log', domain: [0.5, 8] },
    surfaces: [{ name: 'holed', role: 'third', ...lattice, heights: holedRelief, contours: 5 }],
    paths: [],
    points: [
      {
        name: 'odd',
        role: 'first',
        x: [-2, 3, Number.NaN, 40, -3],
        y: [0.5, 1, 0, 0, -1.5],
        heights: [2, Infinity, 1, 1, Number.NaN],
      },
    ],
  }
}

export const noSurface = (): SurfaceContent => ({
  ...landscape(0),
  surfaces: [],
  paths: [],
  points: [],
  empty: 'The landscape is there once the starts are followed.',
})

export interface Mode {
  readonly id: string
  readonly mean: number
  readonly sd: number
  readonly weight: number
}

export const twoModes: readonly Mode[] = [
  { id: 'p1', mean: -3, sd: 1, weight: 0.5 },
  { id: 'p2', mean: 3, sd: 0.7, weight: 0.5 },
]

const bell = (x: number, mean: number, sd: number) =>
  Math.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * Math.sqrt(2 * Math.PI))

/** A mixture whose modes are dragged. */
export function mixture(modes: readonly Mode[]): ChartContent {
  const x = spaced(-8, 8, 321)
  const density = (value: number) =>
    modes.reduce((sum, { mean, sd, weight }) => sum + weight * bell(value, mean, sd), 0)
  return {
    x: { label: 'x', scale: 'linear', domain: [-8, 8] },
    y: { label: 'density', scale: 'linear', domain: [0, 0.45] },
    marks: [
      { kind: 'area', name: 'P', role: 'truth', x, y: x.map(density) },
      { kind: 'line', name: 'Q', role: 'second', x, y: x.map((value) => bell(value, 0, 2.5)) },
    ],
    handles: [
      ...modes.map(
        ({ id, mean, sd, weight }, index): Handle => ({
          id,
          x: mean,
          y: density(mean),
          role: 'truth',
          label: `mode ${index + 1} of P: mean ${mean.toFixed(2)}, sd ${sd.toFixed(2)}, weight ${weight.toFixed(2)}`,
          moves: 'x',
          step: 0.1,
        }),
      ),
      { id: 'q', x: 0, y: 0.1, role: 'second', label: 'start of Q: 0.00', moves: 'both', step: 0.1 },
    ],
    note: 'Drag a mode; turn the wheel over it to make it wider.',
    description: `A mixture of ${modes.length} normals.`,
  }
}

/** Ellipses in the plane, one unit as long as another, with many dots of six kinds. */
export function plane(dots = 2000, turn = 0): ChartContent {
  const normal = seededNormal(2)
  const angles = spaced(0, 2 * Math.PI, 121)
  const centres = basins.map((_, index) => [3 * Math.cos(index + turn), 2 * Math.sin(index + turn)] as const)
  const kinds = Array.from({ length: dots }, (_, index) => index % basins.length)
  return {
    x: { label: 'x', scale: 'linear', domain: [-4, 4] },
    y: { label: 'y', scale: 'linear', domain: [-4, 4] },
    equalAspect: true,
    marks: [
      {
        kind: 'dots',
        name: 'starts',
        role: 'neutral',
        size: 4,
        x: kinds.map((kind) => centres[kind][0] + 0.4 * normal()),
        y: kinds.map((kind) => centres[kind][1] + 0.4 * normal()),
        roles: kinds.map((kind) => basins[kind]),
      },
      {
        kind: 'line',
        name: 'circle',
        role: 'theory',
        x: angles.map((angle) => 3 * Math.cos(angle)),
        y: angles.map((angle) => 3 * Math.sin(angle)),
      },
    ],
    handles: [
      { id: 'a', x: 1, y: 1, role: 'truth', label: 'component 1: (1.0, 1.0)', moves: 'both', step: 0.1 },
    ],
    description: 'Six clouds on an ellipse.',
  }
}

export function basinTable(selected: string | undefined, select: (id: string) => void): TableContent {
  const rows = [
    ['1', '−3.00', '1.00', '0.6931', '48.2 %'],
    ['2', '3.00', '0.70', '0.6931', '47.9 %'],
    ['3', '0.11', '3.09', '1.2044', '3.9 %'],
    ['none', '', '', '∞', '0.0 %'],
  ]
  return {
    columns: [
      { label: 'minimum' },
      { label: 'μ' },
      { label: 'σ' },
      { label: 'divergence', unit: 'nats' },
      { label: 'share of starts' },
    ],
    rows: rows.map((cells, index) => ({
      id: cells[0],
      cells,
      role: index < 3 ? basins[index] : 'neutral',
      onSelect: index < 3 ? () => select(cells[0]) : undefined,
      selected: cells[0] === selected,
    })),
    note: 'Choose a row to start there.',
    description: 'Three minima of the divergence and the share of starts that end in each.',
  }
}
