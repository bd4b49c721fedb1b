/** Maps a slider's position, 0…1, to a parameter's value, and keys to moves of the slider. Pure functions. */
import type { NumberParameter } from '../labs/parameter.ts'
import { nearest } from '../labs/validation.ts'

/** Wider whole-number ranges (a seed) are typed, not dragged. */
const widestSlider = 1e6

export function hasSlider(parameter: NumberParameter): boolean {
  return (
    parameter.kind === 'logNumber' ||
    !parameter.integer ||
    parameter.maximum - parameter.minimum <= widestSlider
  )
}

export function toPosition(parameter: NumberParameter, value: number): number {
  const { minimum, maximum } = parameter
  if (maximum === minimum) return 0
  const position =
    parameter.kind === 'logNumber'
      ? Math.log(value / minimum) / Math.log(maximum / minimum)
      : (value - minimum) / (maximum - minimum)
  return Math.min(1, Math.max(0, position))
}

/** The step of one arrow key on a linear slider: a power of ten, about a hundredth of the range. */
function linearStep(parameter: NumberParameter): number {
  if (parameter.step) return parameter.step
  const hundredth = 10 ** Math.floor(Math.log10((parameter.maximum - parameter.minimum) / 100))
  return parameter.integer ? Math.max(1, hundredth) : hundredth
}

/** On a log slider, values this close (relatively) to the default or a power of two become it: 1024, not 1020. */
const magnet = 0.01

function roundLog(parameter: NumberParameter, value: number): number {
  const targets = [parameter.default, ...(parameter.integer ? [2 ** Math.round(Math.log2(value))] : [])]
  const near = targets.find((target) => Math.abs(value / target - 1) < magnet)
  const rounded = near ?? Number(value.toPrecision(3))
  return nearest(parameter, parameter.integer ? Math.round(rounded) : rounded)
}

/** A dragged value is a round one: listed, a multiple of the step, or of three significant digits on a log slider. */
function nearestNotch(parameter: NumberParameter, value: number): number {
  const { kind, values, step, integer } = parameter
  const wanted = toPosition(parameter, value)
  const away = (one: number) => Math.abs(toPosition(parameter, one) - wanted)
  if (values) return values.reduce((best, one) => (away(one) < away(best) ? one : best))
  if (kind === 'logNumber' && !step) return roundLog(parameter, value)
  const multiple = Math.round(value / linearStep(parameter)) * linearStep(parameter)
  return nearest(parameter, integer ? Math.round(multiple) + 0 : Number(multiple.toPrecision(12)))
}

export function fromPosition(parameter: NumberParameter, position: number): number {
  const { minimum, maximum } = parameter
  if (position <= 0) return minimum
  if (position >= 1) return maximum
  const value =
    parameter.kind === 'logNumber'
      ? minimum * (maximum / minimum) ** position
      : minimum + position * (maximum - minimum)
  return nearestNotch(parameter, value)
}

/** The value `count` arrow keys away; always another value unless the end is reached. */
export function moved(parameter: NumberParameter, value: number, count: number): number {
  const { kind, minimum, maximum, values, step, integer } = parameter
  const direction = Math.sign(count)
  if (values) {
    const beyond = values.filter((one) => (one - value) * direction > 0)
    beyond.sort((one, other) => (one - other) * direction)
    return beyond[Math.min(Math.abs(count), beyond.length) - 1] ?? value
  }
  if (kind === 'number') return nearestNotch(parameter, value + count * linearStep(parameter))
  const moved = value * (maximum / minimum) ** (count / 100)
  const next = nearestNotch(parameter, moved)
  if ((next - value) * direction > 0) return next
  if (step) return nearestNotch(parameter, value + direction * step)
  return nearest(parameter, integer ? value + direction : moved)
}

/** The value that a key moves a slider to, or undefined for a key that is not the slider's. */
export function keyed(parameter: NumberParameter, value: number, key: string): number | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return moved(parameter, value, 1)
    case 'ArrowLeft':
    case 'ArrowDown':
      return moved(parameter, value, -1)
    case 'PageUp':
      return moved(parameter, value, 10)
    case 'PageDown':
      return moved(parameter, value, -10)
    case 'Home':
      return parameter.minimum
    case 'End':
      return parameter.maximum
    default:
      return undefined
  }
}

/** The permitted notch nearest `wanted`, to a hundredth of the slider's way from `from`, which is permitted. */
export function asFarAs(
  parameter: NumberParameter,
  from: number,
  wanted: number,
  permitted: (value: number) => boolean,
): number {
  const [begin, end] = [from, wanted].map((value) => toPosition(parameter, value))
  for (let hundredths = 100; hundredths > 0; hundredths--) {
    const value = fromPosition(parameter, begin + (hundredths / 100) * (end - begin))
    if (permitted(value)) return value
  }
  return from
}
