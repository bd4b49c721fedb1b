/** How a slider's position, 0…1, maps to a parameter's value and how keys move it. Pure functions. */
import type { NumberParameter } from '../labs/lab.ts'

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

/** What one arrow key changes on a linear slider: about a hundredth of the range, a power of ten. */
function linearStep(parameter: NumberParameter): number {
  if (parameter.step) return parameter.step
  const hundredth = 10 ** Math.floor(Math.log10((parameter.maximum - parameter.minimum) / 100))
  return parameter.integer ? Math.max(1, hundredth) : hundredth
}

function clamp(parameter: NumberParameter, value: number): number {
  return Math.min(parameter.maximum, Math.max(parameter.minimum, value))
}

/** On a log slider, values this close (relatively) to the default or a power of two become it: 1024, not 1020. */
const magnet = 0.01

function roundLog(parameter: NumberParameter, value: number): number {
  const targets = [parameter.default, ...(parameter.integer ? [2 ** Math.round(Math.log2(value))] : [])]
  const near = targets.find((target) => Math.abs(value / target - 1) < magnet)
  const rounded = near ?? Number(value.toPrecision(3))
  return clamp(parameter, parameter.integer ? Math.round(rounded) : rounded)
}

/** A dragged value is a round one: a multiple of the step, or three significant digits on a log slider. */
function round(parameter: NumberParameter, value: number): number {
  if (parameter.kind === 'logNumber') return roundLog(parameter, value)
  const step = linearStep(parameter)
  const snapped = parameter.minimum + Math.round((value - parameter.minimum) / step) * step
  return clamp(parameter, parameter.integer ? Math.round(snapped) : Number(snapped.toPrecision(12)))
}

export function fromPosition(parameter: NumberParameter, position: number): number {
  const { minimum, maximum } = parameter
  if (position <= 0) return minimum
  if (position >= 1) return maximum
  const value =
    parameter.kind === 'logNumber'
      ? minimum * (maximum / minimum) ** position
      : minimum + position * (maximum - minimum)
  return round(parameter, value)
}

/** The value `count` arrow keys away; always another value unless the end is reached. */
export function moved(parameter: NumberParameter, value: number, count: number): number {
  if (parameter.kind === 'number') return round(parameter, value + count * linearStep(parameter))
  const ratio = (parameter.maximum / parameter.minimum) ** (1 / 100)
  const next = round(parameter, value * ratio ** count)
  if (next !== value) return next
  return clamp(parameter, parameter.integer ? value + Math.sign(count) : value * ratio ** count)
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
