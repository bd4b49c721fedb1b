/** The reparameterisation as a block diagram: a digit enters, and noise flows through multiplier and adder into Z. */

import type { DiagramArrow, DiagramBox, DiagramContent, Role } from '../../stage/contract.ts'
import { column } from '../common/column.ts'
import { roles } from './colours.ts'
import type { DiagramFigures } from './frame.ts'
import { five } from './viewParts.ts'

const pair = (values: readonly [number, number]) =>
  `(${values.map((value) => five(Number(value.toPrecision(2)))).join(', ')})`

/** Values of the first dimension as places across an arrow, −1…1. */
const across = (values: Float32Array, scale: number) =>
  column(values, 2, 0).map((value) => Math.max(-1, Math.min(1, value / scale)))

/** Half the range of the values drawn across an arrow: three σ of the prior, so that σ · V looks narrower than V. */
const reach = 3

/** Half the width of the window on Z about μ: 1, 2, 3 or 5 times a power of ten, at least three σ. */
function windowReach(sigma: readonly [number, number]): number {
  const needed = 3 * Math.max(...sigma)
  if (!(needed > 0 && needed < Number.POSITIVE_INFINITY)) return reach
  const power = 10 ** Math.floor(Math.log10(needed))
  return ([1, 2, 3, 5].find((factor) => factor * power >= needed * (1 - 1e-6)) ?? 10) * power
}

/** Values [draws, 2] minus the mean. */
const centred = (values: Float32Array, mean: readonly [number, number]) =>
  values.map((value, index) => value - mean[index % 2])

function cloud(values: Float32Array, scale: number) {
  const [x, y] = [0, 1].map((axis) => column(values, 2, axis).map((value) => value / scale))
  return { x, y }
}

/** Centre, width and height of each box in the flat arrangement. */
const flat = {
  x: [16, 30, 26, 22],
  encoder: [58, 30, 34, 14],
  mu: [112, 10, 48, 14],
  sigma: [112, 34, 48, 14],
  plus: [166, 20, 8, 8],
  times: [154, 50, 8, 8],
  noise: [68, 55, 46, 12],
  z: [198, 20, 28, 22],
  decoder: [238, 20, 36, 14],
  y: [280, 20, 32, 24],
} as const

function box(id: keyof typeof flat, label: string, role: Role, more?: Partial<DiagramBox>): DiagramBox {
  const [x, y, width, height] = flat[id]
  return { id, x, y, width, height, label, shape: 'box', role, ...more }
}

/** Centres of the boxes in the upright arrangement. */
const upright = {
  width: 100,
  height: 138,
  centres: {
    x: [20, 14],
    encoder: [72, 14],
    mu: [26, 44],
    sigma: [74, 44],
    plus: [26, 70],
    times: [74, 70],
    noise: [74, 96],
    z: [26, 96],
    decoder: [26, 124],
    y: [74, 124],
  },
} as const

export function diagramContent(
  figures: DiagramFigures,
  latentDimensions: number,
  trick: boolean,
  gradient: boolean,
  whose: string,
): DiagramContent {
  const { mean, sigma, noise, latent, probabilities, pixels, side, label } = figures
  const guess = probabilities.reduce((best, value, digit) => (value > probabilities[best] ? digit : best), 0)
  const landed = centred(latent, mean)
  const scale = windowReach(sigma)
  const boxes: DiagramBox[] = [
    box('x', `x: a ${label}`, 'neutral', { picture: { pixels, side } }),
    box('encoder', 'encoder', roles.encoder),
    box('mu', `μ = ${pair(mean)}`, roles.encoder),
    box('sigma', `σ = ${pair(sigma)}`, roles.encoder),
    box('z', trick ? `Z: μ ± ${five(scale)}` : 'Z ∼ N(μ, σ²)', roles.code, {
      // without the trick Z takes the place of the adder
      x: trick ? flat.z[0] : flat.plus[0],
      shape: trick ? 'box' : 'sample',
      cloud: cloud(landed, scale),
    }),
    box('decoder', 'decoder', roles.decoder),
    box('y', `y: a ${guess}?`, 'neutral', {
      bars: { values: probabilities, labels: [...'0123456789'] },
    }),
  ]
  const arrows: DiagramArrow[] = [
    { from: 'x', to: 'encoder', role: 'neutral' },
    { from: 'encoder', to: 'mu', role: roles.encoder },
    { from: 'encoder', to: 'sigma', role: roles.encoder },
    { from: 'z', to: 'decoder', role: roles.code },
    { from: 'decoder', to: 'y', role: roles.decoder },
  ]
  if (trick) {
    boxes.push(
      box('noise', 'V ∼ N(0, I)', roles.noise, { shape: 'sample' }),
      box('times', '×', 'neutral', { shape: 'operator' }),
      box('plus', '+', 'neutral', { shape: 'operator' }),
    )
    arrows.push(
      { from: 'sigma', to: 'times', role: roles.encoder },
      { from: 'noise', to: 'times', role: roles.noise, flow: across(noise, reach) },
      { from: 'times', to: 'plus', role: roles.noise, label: 'σ·V', flow: across(landed, reach) },
      { from: 'mu', to: 'plus', role: roles.encoder },
      { from: 'plus', to: 'z', role: roles.code, flow: across(landed, reach) },
    )
  } else
    arrows.push({ from: 'mu', to: 'z', role: roles.encoder }, { from: 'sigma', to: 'z', role: roles.encoder })
  if (gradient) arrows.push(...backward(trick))
  const shown = latentDimensions > 2 ? ` (2 of ${latentDimensions} dimensions)` : ''
  const note = trick
    ? `${whose}: Z = μ + σ · V${shown}: the chance comes in from the side, so the gradient passes`
    : `${whose}: sampling Z${shown} itself has no derivative: the gradient stops there`
  const said = `A ${label} is encoded as μ = ${pair(mean)}, σ = ${pair(sigma)}`
  return {
    width: 300,
    height: 64,
    boxes,
    upright,
    arrows,
    note,
    description: trick
      ? `${said}; noise V is multiplied by σ and added to μ to give Z, which the decoder reads as a ${guess}.`
      : `${said}; Z is drawn from them directly, and no gradient passes the drawing.`,
  }
}

/** The path of the task loss' gradient. */
function backward(trick: boolean): DiagramArrow[] {
  const back = (from: string, to: string, blocked = false): DiagramArrow => ({
    from,
    to,
    role: roles.gradient,
    backward: true,
    dashed: true,
    blocked,
    flow: blocked ? undefined : [0],
  })
  const shared = [back('decoder', 'y'), back('z', 'decoder')]
  if (!trick) return [...shared, back('mu', 'z', true), back('sigma', 'z', true)]
  return [
    ...shared,
    back('plus', 'z'),
    back('mu', 'plus'),
    back('times', 'plus'),
    back('sigma', 'times'),
    back('encoder', 'mu'),
    back('encoder', 'sigma'),
  ]
}
