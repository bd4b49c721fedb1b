/** More pictures of the gallery: ten classes with regions, single dots that are read, and a block diagram. */
import type {
  ChartContent,
  DiagramArrow,
  DiagramBox,
  DiagramContent,
  Mark,
  Picture,
  PointReading,
  Role,
} from '../../src/stage/index.ts'
import { seededNormal, spaced } from './seeded.ts'

const digits = Array.from({ length: 10 }, (_, digit) => `class${digit}` as Role)
const centre = (digit: number) => {
  const angle = (digit / 10) * 2 * Math.PI
  const radius = digit % 2 === 0 ? 2.6 : 1.5
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }
}

/** A ring with a bright corner at the top left: wrong ways round are seen. */
const picture: Picture = {
  side: 28,
  pixels: Uint8Array.from({ length: 784 }, (_, at) => {
    const [row, column] = [Math.floor(at / 28), at % 28]
    if (row < 5 && column < 5) return 255
    return Math.max(0, 255 - 60 * Math.abs(Math.hypot(row - 14, column - 14) - 8))
  }),
}

const regions = (columns: number, rows: number): Mark => {
  const values = new Uint8Array(columns * rows)
  const strength = new Float32Array(columns * rows)
  for (let cell = 0; cell < values.length; cell++) {
    const x = -4 + (8 * ((cell % columns) + 0.5)) / columns
    const y = -4 + (8 * (Math.floor(cell / columns) + 0.5)) / rows
    const away = digits.map((_, digit) => (x - centre(digit).x) ** 2 + (y - centre(digit).y) ** 2)
    const first = Math.min(...away)
    values[cell] = away.indexOf(first)
    strength[cell] = 1 / away.reduce((sum, value) => sum + Math.exp(2 * (first - value)), 0)
  }
  return {
    kind: 'raster',
    role: 'neutral',
    x: [-4, 4],
    y: [-4, 4],
    columns,
    rows,
    values,
    strength,
    roles: digits,
    opacity: 0.4,
  }
}

const circle = spaced(0, 2 * Math.PI, 49)
const ellipse = (digit: number, index: number): Mark => {
  const { x, y } = centre(digit)
  const [long, wide, turn] = [0.5 - 0.08 * index, 0.25, digit + index]
  return {
    kind: 'line',
    role: digits[digit],
    x: circle.map(
      (angle) => x + long * Math.cos(angle) * Math.cos(turn) - wide * Math.sin(angle) * Math.sin(turn),
    ),
    y: circle.map(
      (angle) => y + long * Math.cos(angle) * Math.sin(turn) + wide * Math.sin(angle) * Math.cos(turn),
    ),
  }
}

/** Ten clouds over the regions that they are told apart by, with three ellipses each. */
export function clouds(count = 10_000, seed = 21): ChartContent {
  const normal = seededNormal(seed)
  const labels = Array.from({ length: count }, (_, index) => index % 10)
  const x = Float64Array.from(labels, (digit) => centre(digit).x + 0.35 * normal())
  const y = Float64Array.from(labels, (digit) => centre(digit).y + 0.35 * normal())
  return {
    x: { label: 'z₁', scale: 'linear', domain: [-4, 4] },
    y: { label: 'z₂', scale: 'linear', domain: [-4, 4] },
    equalAspect: true,
    marks: [
      { kind: 'dots', role: 'neutral', roles: labels.map((digit) => digits[digit]), size: 3.5, x, y },
      ...digits.flatMap((_, digit) => [0, 1, 2].map((index) => ellipse(digit, index))),
      // last in the list and still behind everything
      regions(64, 48),
    ],
    pick: {
      mark: 0,
      read: (index): PointReading => ({
        title: `image ${index}: a ${labels[index]}`,
        rows: [
          { label: 'μ', value: `(${x[index].toFixed(2)}, ${y[index].toFixed(2)})` },
          { label: 'rate', value: '3.1416 nats' },
        ],
        picture,
      }),
    },
    description: 'Ten clouds of dots over ten regions.',
  }
}

/** Few dots at known places, to be reached one after the other, and four cells of known colours. */
export function cross(): ChartContent {
  return {
    x: { label: 'x', scale: 'linear', domain: [0, 4] },
    y: { label: 'y', scale: 'linear', domain: [0, 4] },
    marks: [
      {
        kind: 'raster',
        name: 'cells',
        role: 'class1',
        x: [0, 4],
        y: [0, 4],
        columns: 2,
        rows: 2,
        values: [0, 1, 2, 9],
        roles: ['class1', 'class2', 'class3'],
        strength: [1, 1, 0.5, 1],
      },
      {
        kind: 'dots',
        name: 'places',
        role: 'theory',
        x: [2, 1, 3, 2, 2, Number.NaN, 9],
        y: [2, 2, 2, 3, 1, 2, 2],
        size: 12,
      },
    ],
    pick: {
      mark: 1,
      read: (index) => ({
        title: `dot ${index}`,
        rows: [{ label: 'place', value: ['middle', 'left', 'right', 'top', 'bottom'][index] }],
      }),
    },
    description: 'Five dots in a cross.',
  }
}

/** Chance comes in from the side; or, without the trick, sits in the middle and lets no gradient pass. */
export function flow(trick = true, gradient = true, seed = 5): DiagramContent {
  const normal = seededNormal(seed)
  const noise = Float32Array.from({ length: 96 }, normal)
  const box = (
    id: string,
    [x, y, width, height]: readonly [number, number, number, number],
    role: Role,
    more: Partial<DiagramBox> = {},
  ): DiagramBox => ({ id, x, y, width, height, label: id, shape: 'box', role, ...more })
  const across = (scale: number) => noise.map((value) => Math.max(-1, Math.min(1, value * scale)))
  const cloud = { x: noise.map((value) => value / 3), y: Float32Array.from(noise, () => normal() / 3) }
  const arrow = (from: string, to: string, role: Role, more: Partial<DiagramArrow> = {}): DiagramArrow => ({
    from,
    to,
    role,
    ...more,
  })
  const back = (from: string, to: string, blocked = false) =>
    arrow(from, to, 'second', { backward: true, dashed: true, blocked, flow: blocked ? undefined : [0, 0.5] })
  const probabilities = [0.01, 0.02, 0.01, 0.6, 0, 0.2, 0.01, 0.05, 0.1, 0]
  return {
    width: 164,
    height: 66,
    boxes: [
      box('x', [9, 32, 16, 20], 'neutral', { label: 'x: a 3', picture }),
      box('encoder', [32, 32, 16, 14], 'first'),
      box('mu', [54, 12, 18, 12], 'first', { label: 'μ', value: '(1.23, −0.456)' }),
      box('sigma', [54, 36, 18, 12], 'first', { label: 'σ', value: '(0.12, 0.345)' }),
      box('z', [trick ? 104 : 84, 22, 18, 18], 'truth', {
        label: trick ? 'Z' : 'Z ∼ N(μ, σ²)',
        shape: trick ? 'box' : 'sample',
        cloud,
      }),
      box('decoder', [128, 22, 16, 14], 'second'),
      box('y', [152, 22, 20, 20], 'neutral', {
        label: 'y: a 3?',
        bars: { values: probabilities, labels: [...'0123456789'] },
      }),
      ...(trick
        ? [
            box('noise', [54, 58, 18, 12], 'third', { label: 'V ∼ N(0, I)', shape: 'sample' }),
            box('times', [78, 47, 8, 8], 'neutral', { label: '×', shape: 'operator' }),
            box('plus', [84, 22, 8, 8], 'neutral', { label: '+', shape: 'operator' }),
          ]
        : []),
    ],
    arrows: [
      arrow('x', 'encoder', 'neutral'),
      arrow('encoder', 'mu', 'first'),
      arrow('encoder', 'sigma', 'first'),
      arrow('z', 'decoder', 'truth'),
      arrow('decoder', 'y', 'second'),
      arrow('nowhere', 'y', 'second'),
      ...(trick
        ? [
            arrow('sigma', 'times', 'first'),
            arrow('noise', 'times', 'third', { flow: across(1 / 3) }),
            arrow('times', 'plus', 'third', { label: 'σ·V', flow: across(1 / 9) }),
            arrow('mu', 'plus', 'first'),
            arrow('plus', 'z', 'truth', { flow: across(1 / 3) }),
          ]
        : [arrow('mu', 'z', 'first'), arrow('sigma', 'z', 'first')]),
      ...(gradient
        ? trick
          ? [
              back('decoder', 'y'),
              back('z', 'decoder'),
              back('plus', 'z'),
              back('times', 'plus'),
              back('mu', 'plus'),
            ]
          : [back('decoder', 'y'), back('z', 'decoder'), back('mu', 'z', true), back('sigma', 'z', true)]
        : []),
    ],
    note: trick ? 'Z = μ + σ · V' : 'Sampling has no derivative',
    description: 'An image is encoded as μ and σ; noise V is multiplied by σ and added to μ to give Z.',
  }
}
