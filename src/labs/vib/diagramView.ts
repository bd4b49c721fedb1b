/**
 * The model as a block diagram: a digit enters, noise flows through multiplier and adder into Z, and two losses end it.
 */

import type { DiagramArrow, DiagramBox, DiagramContent, Role } from '../../stage/contract.ts'
import { column } from '../common/column.ts'
import { spoken } from '../common/spoken.ts'
import { roles } from './colours.ts'
import type { DiagramFigures } from './frame.ts'
import { five } from './viewParts.ts'

/** With blanks at which no line is broken: a pair of numbers, or a short sentence, stays together. */
const together = (text: string) => text.replaceAll(' ', '\u00a0')

const pair = (values: readonly [number, number]) =>
  together(`(${values.map((value) => five(Number(value.toPrecision(2)))).join(', ')})`)

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
  x: [13, 37, 24, 22],
  encoder: [48, 37, 30, 14],
  mu: [98, 13, 44, 14],
  sigma: [98, 61, 44, 14],
  rate: [147, 37, 32, 18],
  plus: [180, 13, 8, 8],
  times: [180, 61, 8, 8],
  noise: [140, 88, 32, 12],
  z: [208, 13, 27, 24],
  decoder: [246, 13, 30, 14],
  y: [284, 13, 29, 24],
  task: [276, 61, 44, 18],
} as const

/** Beside σ: without the trick Z is where the rate would be in the way. */
const lowRate = { x: 160, y: 61 }

/** The boxes that are one of a kind, as words of a curve; the others are their ids. */
const words: Readonly<Record<string, string>> = {
  encoder: 'encoder network',
  decoder: 'decoder network',
  task: 'task loss',
  rate: 'rate loss',
}

function box(id: keyof typeof flat, label: string, role: Role, more?: Partial<DiagramBox>): DiagramBox {
  const [x, y, width, height] = flat[id]
  return { id, curve: words[id] ?? id, x, y, width, height, label, shape: 'box', role, ...more }
}

/** Centres of the boxes in the upright arrangement. */
const upright = {
  width: 100,
  height: 157,
  centres: {
    x: [20, 14],
    encoder: [72, 14],
    mu: [26, 44],
    sigma: [74, 44],
    rate: [43, 67],
    plus: [12, 90],
    times: [54, 90],
    noise: [84, 90],
    z: [20, 116],
    decoder: [74, 116],
    y: [74, 143],
    task: [24, 143],
  },
} as const

/** Of which losses the gradient is drawn on its way back. */
export interface DiagramSwitches {
  readonly trick: boolean
  readonly taskGradient: boolean
  readonly rateGradient: boolean
}

export function diagramContent(
  figures: DiagramFigures,
  latentDimensions: number,
  switches: DiagramSwitches,
  whose: string,
): DiagramContent {
  const { trick } = switches
  const { mean, sigma, noise, latent, probabilities, pixels, side, label } = figures
  const guess = probabilities.reduce((best, value, digit) => (value > probabilities[best] ? digit : best), 0)
  const landed = centred(latent, mean)
  const scale = windowReach(sigma)
  const boxes: DiagramBox[] = [
    box('x', together(`x: a ${label}`), 'neutral', { picture: { pixels, side } }),
    box('encoder', 'encoder', roles.encoder),
    box('mu', `μ = ${pair(mean)}`, roles.encoder),
    box('sigma', `σ = ${pair(sigma)}`, roles.encoder),
    box('z', trick ? `Z: ${together(`μ ± ${five(scale)}`)}` : `Z ∼ ${together('N(μ, σ²)')}`, roles.code, {
      // without the trick Z takes the place of the adder
      x: trick ? flat.z[0] : flat.plus[0],
      shape: trick ? 'box' : 'sample',
      cloud: cloud(landed, scale),
    }),
    box('decoder', 'decoder', roles.decoder),
    box('y', together(`y: a ${guess}?`), 'neutral', {
      bars: { values: probabilities, labels: [...'0123456789'] },
    }),
    box('task', together('task loss'), roles.task, { value: together(`−ln q(${label}|Z)`) }),
    box('rate', together('β · rate'), roles.rate, {
      value: together('rate = KL'),
      ...(trick ? {} : lowRate),
    }),
  ]
  const arrows: DiagramArrow[] = [
    { from: 'x', to: 'encoder', role: 'neutral' },
    { from: 'encoder', to: 'mu', role: roles.encoder },
    { from: 'encoder', to: 'sigma', role: roles.encoder },
    { from: 'z', to: 'decoder', role: roles.code },
    { from: 'decoder', to: 'y', role: roles.decoder },
    { from: 'y', to: 'task', role: 'neutral' },
    { from: 'mu', to: 'rate', role: roles.encoder },
    { from: 'sigma', to: 'rate', role: roles.encoder },
  ]
  if (trick) {
    boxes.push(
      box('noise', `V ∼ ${together('N(0, I)')}`, roles.noise, { shape: 'sample' }),
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
  arrows.push(...backward(switches))
  const shown = latentDimensions > 2 ? ` (2 of ${latentDimensions} dimensions)` : ''
  const note = trick
    ? `${whose}: Z = μ + σ · V${shown}: the chance comes in from the side, so the gradient passes`
    : `${whose}: sampling Z${shown} itself has no derivative: the gradient stops there`
  const both = (values: readonly [number, number]) => values.map(spoken).join(' and ')
  const said = `A ${label} is encoded as μ ${both(mean)}, σ ${both(sigma)}`
  const gradients = [
    ...(switches.taskGradient
      ? [
          trick
            ? 'Dashed, the gradient of the task loss runs back to the decoder, and through Z to the encoder.'
            : 'Dashed, the gradient of the task loss runs back to the decoder, and stops at Z.',
        ]
      : []),
    ...(switches.rateGradient ? ['The gradient of the rate runs back to the encoder alone.'] : []),
  ]
  return {
    width: 300,
    height: 96,
    boxes,
    upright: trick ? upright : { ...upright, centres: { ...upright.centres, rate: [78, 90] } },
    arrows,
    note,
    description: `${said}; ${
      trick
        ? 'noise V is multiplied by σ and added to μ to give Z'
        : 'Z is drawn from them directly, and no gradient passes the drawing'
    }. The decoder reads Z as a ${guess}. The task loss depends on what the decoder reads, the rate on μ and σ.${gradients.map((one) => ` ${one}`).join('')}`,
  }
}

/** The ways of the losses' gradients. */
function backward({ trick, taskGradient, rateGradient }: DiagramSwitches): DiagramArrow[] {
  const of =
    (role: Role, curve: string) =>
    (from: string, to: string, blocked = false): DiagramArrow => ({
      from,
      to,
      role,
      curve,
      backward: true,
      dashed: true,
      blocked,
      flow: blocked ? undefined : [0],
    })
  const [task, rate] = [of(roles.task, 'gradient task'), of(roles.rate, 'gradient rate')]
  const ofTask = [
    task('y', 'task'),
    task('decoder', 'y'),
    task('z', 'decoder'),
    ...(trick
      ? [
          task('plus', 'z'),
          task('mu', 'plus'),
          task('times', 'plus'),
          task('sigma', 'times'),
          task('encoder', 'mu'),
          task('encoder', 'sigma'),
        ]
      : [task('mu', 'z', true), task('sigma', 'z', true)]),
  ]
  // the decoder is no part of the rate
  const ofRate = [rate('mu', 'rate'), rate('sigma', 'rate'), rate('encoder', 'mu'), rate('encoder', 'sigma')]
  return [...(taskGradient ? ofTask : []), ...(rateGradient ? ofRate : [])]
}
