/** The schema of a saved comparison: it reads a file, and says where one is wrong. */
import { quoted } from '../../labs/validation.ts'
import { type Comparison, concluded, formatName, formatVersion } from './comparison.ts'

/** Gives the value with its type. Throws a sentence that names the place. */
type Reader<Value> = (value: unknown, place: string) => Value

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const refuse = (value: unknown, place: string, wanted: string): never => {
  if (value === undefined) throw new RangeError(`${place} is missing.`)
  throw new RangeError(`${place} = ${quoted(value)} is not permitted: it is ${wanted}.`)
}

/** JSON knows neither Infinity nor NaN: they are kept as words. */
const words: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

const number: Reader<number> = (value, place) => {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && Object.hasOwn(words, value)) return words[value]
  return refuse(value, place, 'a number, "NaN", "Infinity" or "-Infinity"')
}
const wholeNumber: Reader<number> = (value, place) =>
  Number.isInteger(value) && (value as number) >= 0
    ? (value as number)
    : refuse(value, place, 'a whole number')
const flag: Reader<boolean> = (value, place) =>
  typeof value === 'boolean' ? value : refuse(value, place, 'true or false')
const text: Reader<string> = (value, place) =>
  typeof value === 'string' && value.length <= 10_000 ? value : refuse(value, place, 'a text')
const date: Reader<string> = (value, place) =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : refuse(value, place, 'a date')
const webAddress: Reader<string> = (value, place) =>
  typeof value === 'string' && /^https?:\/\//.test(value)
    ? value
    : refuse(value, place, 'an address on the web')

const oneOf =
  <const Value>(...permitted: readonly Value[]): Reader<Value> =>
  (value, place) =>
    permitted.includes(value as Value)
      ? (value as Value)
      : refuse(value, place, `one of ${permitted.join(', ')}`)

const list =
  <Value>(read: Reader<Value>, least: number, most: number): Reader<Value[]> =>
  (value, place) =>
    Array.isArray(value) && value.length >= least && value.length <= most
      ? value.map((one, index) => read(one, `${place}[${index}]`))
      : refuse(value, place, `a list of ${least} to ${most} entries`)

const pair: Reader<[number, number]> = (value, place) => list(number, 2, 2)(value, place) as [number, number]

const optional =
  <Value>(read: Reader<Value>): Reader<Value | undefined> =>
  (value, place) =>
    value === undefined ? undefined : read(value, place)

/** Further fields are left out: a newer natlab may have them. */
const object =
  <Fields extends Readonly<Record<string, Reader<unknown>>>>(
    fields: Fields,
  ): Reader<{ [Name in keyof Fields]: ReturnType<Fields[Name]> }> =>
  (value, place) => {
    if (!isObject(value)) return refuse(value, place, 'an object')
    const read = Object.entries(fields).map(([name, reader]) => {
      const where = place ? `${place}.${name}` : name
      return [name, reader(value[name], where)] as const
    })
    return Object.fromEntries(read.filter(([, one]) => one !== undefined)) as never
  }

const values: Reader<Record<string, string | number | boolean>> = (value, place) => {
  if (!isObject(value)) return refuse(value, place, 'an object')
  for (const [name, one] of Object.entries(value))
    if (!['string', 'number', 'boolean'].includes(typeof one))
      refuse(one, `${place}.${name}`, 'a text, a number, true or false')
  return value as Record<string, string | number | boolean>
}

const samples = list(number, 0, 1000)

const point = object({
  size: number,
  samples,
  median: number,
  quartiles: pair,
  operations: number,
})

const row = object({
  kind: oneOf('wasm', 'webgpu'),
  threads: wholeNumber,
  adapter: text,
  software: flag,
  cold: number,
  opening: number,
  compilation: number,
  firstRun: number,
  warm: number,
  samples,
  quartiles: pair,
  device: number,
  deviceSamples: samples,
  latency: number,
  spread: pair,
  repeats: wholeNumber,
  uploadedBytes: number,
  readBytes: number,
  operations: number,
  gigaflopsPerSecond: number,
  peak: optional(object({ gigaflopsPerSecond: number, shape: list(wholeNumber, 3, 3) })),
  shareOfPeak: number,
  largestDifference: number,
  tolerance: number,
  resultName: text,
  curve: optional(
    object({
      points: list(point, 0, 100),
      omitted: list(object({ size: number, reason: text }), 0, 100),
    }),
  ),
  error: optional(text),
})

const comparison = object({
  format: oneOf(formatName),
  formatVersion: oneOf(formatVersion),
  natlab: text,
  date,
  browser: text,
  cores: wholeNumber,
  crossOriginIsolated: flag,
  lab: text,
  title: text,
  parameters: values,
  link: webAddress,
  rows: list(row, 1, 16),
  size: optional(object({ parameter: text, label: text, unit: optional(text), present: optional(number) })),
})

/** Reads the text of a saved comparison. Throws a sentence that says what is wrong with it. */
export function readComparison(file: string): Comparison {
  let data: unknown
  try {
    data = JSON.parse(file)
  } catch (fault) {
    throw new Error(`It is damaged, or no JSON: ${(fault as Error).message}`)
  }
  if (!isObject(data) || data.format !== formatName)
    throw new Error(`It is no comparison of natlab: that has the line "format": "${formatName}".`)
  if (data.formatVersion !== formatVersion)
    throw new Error(
      `It is written in format ${quoted(data.formatVersion)}, and this page reads format ${formatVersion}. A newer natlab may read it.`,
    )
  return concluded(comparison(data, ''))
}
