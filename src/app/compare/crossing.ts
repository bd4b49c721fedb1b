/** Where the curves of the backends cross, and what that says. */
import type { CompareRow } from '../../engine/protocol.ts'
import { formatNumber, spokenDigits } from '../format.ts'
import { rowName } from './names.ts'

/** From this size on another row is the fastest. */
export interface Crossing {
  /** Places in the list of rows. */
  readonly before: number
  readonly after: number
  /** The measured sizes on both sides. */
  readonly between: readonly [number, number]
  /** NaN where the fastest curve ends, and no size is known at which both take the same time. */
  readonly size: number
  /** Milliseconds at that size. */
  readonly milliseconds: number
}

const pointAt = (row: CompareRow, size: number) => row.curve?.points.find((point) => point.size === size)

const medianAt = (row: CompareRow, size: number) => pointAt(row, size)?.median ?? Number.NaN

/** Where the straight lines between two sizes cross in a plot with logarithmic axes. */
function crossed(one: CompareRow, other: CompareRow, from: number, to: number) {
  const [a, b] = [one, other].map((row) => [from, to].map((size) => Math.log(medianAt(row, size))))
  const share = (b[0] - a[0]) / (b[0] - a[0] - (b[1] - a[1]))
  const between = ([begin, end]: readonly number[]) => Math.exp(begin + share * (end - begin))
  return { size: between([Math.log(from), Math.log(to)]), milliseconds: between(a) }
}

/** The sizes at which at least two rows have a point. */
function comparedSizes(rows: readonly CompareRow[]): number[] {
  const sizes = rows.flatMap(({ curve }) => curve?.points.map(({ size }) => size) ?? [])
  const shared = sizes.filter((size) => sizes.filter((one) => one === size).length > 1)
  return [...new Set(shared)].sort((one, other) => one - other)
}

function fastestAt(rows: readonly CompareRow[], size: number): number {
  const medians = rows.map((row) => pointAt(row, size)?.median ?? Number.POSITIVE_INFINITY)
  return medians.indexOf(Math.min(...medians))
}

/** Another row is clearly quicker where it wins by more than this, and half of the runs of both lie apart. */
const clear = 1.05

function clearlyQuicker(row: CompareRow, than: CompareRow, size: number): boolean {
  const [one, other] = [pointAt(row, size), pointAt(than, size)]
  if (!one || !other) return other === undefined
  return clear * one.median < other.median && one.quartiles[1] < other.quartiles[0]
}

/**
 * The sizes at which the fastest row changes, in ascending order. Rows that take the same time within their spread are
 * no change.
 */
export function crossings(rows: readonly CompareRow[]): Crossing[] {
  const sizes = comparedSizes(rows)
  const found: Crossing[] = []
  let before = fastestAt(rows, sizes[0])
  for (const [index, size] of sizes.entries()) {
    const after = fastestAt(rows, size)
    if (after === before || !clearlyQuicker(rows[after], rows[before], size)) continue
    // the last size at which the one before was still ahead of the other
    const ahead = (at: number) => !(medianAt(rows[before], at) > medianAt(rows[after], at))
    const last = sizes.slice(0, index).findLastIndex(ahead)
    const between = [sizes[last], sizes[last + 1]] as const
    found.push({ before, after, between, ...crossed(rows[before], rows[after], ...between) })
    before = after
  }
  return found
}

/** A size between two that were measured, with three digits. */
export const sizeText = (size: number): string =>
  formatNumber(Number(size.toPrecision(spokenDigits)), spokenDigits)

/** "Below d_model = 128 WebAssembly on 2 threads is quicker; above it WebGPU." `label` names the size. */
export function conclusion(rows: readonly CompareRow[], label: string): string {
  const sizes = comparedSizes(rows)
  if (sizes.length === 0) return 'No size was measured on two backends.'
  const name = (index: number) => rowName(rows[index])
  const found = crossings(rows)
  if (found.length === 0) {
    const leader = fastestAt(rows, sizes[0])
    const ahead = sizes.filter((size) => fastestAt(rows, size) === leader).length
    const range = `${label} = ${formatNumber(sizes[0])} to ${formatNumber(sizes[sizes.length - 1])}`
    if (ahead === sizes.length) return `${name(leader)} is quicker at every size that was measured, ${range}.`
    return `${name(leader)} is the quickest at ${ahead} of ${sizes.length} sizes, ${range}, and at the others none is clearly quicker.`
  }
  const sentences = found.map(({ before, after, between, size }, index) => {
    if (Number.isNaN(size))
      return `Up to ${label} = ${formatNumber(between[0])} ${name(before)} is quicker; it has no time beyond that.`
    if (index === 0)
      return `Below ${label} = ${sizeText(size)} ${name(before)} is quicker; above it ${name(after)}.`
    return `From ${label} = ${sizeText(size)} on ${name(after)} is quicker.`
  })
  return sentences.join(' ')
}
