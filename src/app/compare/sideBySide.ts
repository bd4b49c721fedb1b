/** What two comparisons say beside each other: "your laptop against mine". */
import type { CompareRow } from '../../engine/protocol.ts'
import { backendNames } from '../backendNames.ts'
import { spokenDigits } from '../format.ts'
import type { Comparison } from './comparison.ts'
import { tie } from './names.ts'
import type { Shown } from './tables.ts'

/** One thread is compared with one, and all threads with all. */
const sameKind = (one: CompareRow, other: CompareRow) =>
  one.kind === other.kind && one.threads > 1 === other.threads > 1

/** "WebAssembly on 1 thread", "WebAssembly on all threads", "WebGPU". */
function kindName({ kind, threads }: CompareRow): string {
  if (kind === 'webgpu') return backendNames[kind]
  return `${backendNames[kind]} on ${threads > 1 ? 'all threads' : '1 thread'}`
}

/** The parameters by which the work of two comparisons differs. */
function differences(one: Comparison, other: Comparison): readonly string[] {
  if (one.lab !== other.lab) return [`lab ${one.lab} against ${other.lab}`]
  const ids = [...new Set([...Object.keys(one.parameters), ...Object.keys(other.parameters)])]
  return ids
    .filter((id) => one.parameters[id] !== other.parameters[id])
    .map((id) => `${id} = ${one.parameters[id] ?? 'none'} against ${other.parameters[id] ?? 'none'}`)
}

/** Sentences that compare what both measured. */
export function sideBySide([one, other]: readonly [Shown, Shown]): readonly string[] {
  const different = differences(one.comparison, other.comparison)
  const sentences: string[] = []
  if (different.length > 0)
    sentences.push(`The two did different work, so their times say little: ${different.join(', ')}.`)
  for (const row of one.comparison.rows) {
    const twin = other.comparison.rows.find((candidate) => sameKind(row, candidate))
    if (!twin || row.error || twin.error || row.operations !== twin.operations) continue
    const quicker = row.warm <= twin.warm ? one : other
    const slower = quicker === one ? other : one
    const ratio = Math.max(row.warm, twin.warm) / Math.min(row.warm, twin.warm)
    sentences.push(
      ratio < tie
        ? `${kindName(row)}: both take the same time, within 5 %.`
        : `${kindName(row)}: “${quicker.name}” is ${ratio.toPrecision(spokenDigits)} times as fast as “${slower.name}”.`,
    )
  }
  return sentences
}
