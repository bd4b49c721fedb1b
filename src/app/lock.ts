/**
 * What a link locks for its readers: `dModel` fixes a parameter, `-dModel` hides it as well, `steps` keeps the page at its
 * step, and `answers` keeps the answers to the lecturer. A reader of the address can still write another one.
 */
import { listed } from '../labs/validation.ts'

export type Lock = readonly string[]

const lockedWays = ['steps', 'answers'] as const

export const fixes = (lock: Lock, id: string): boolean => lock.includes(id) || lock.includes(`-${id}`)
export const conceals = (lock: Lock, id: string): boolean => lock.includes(`-${id}`)

/** Names that are not permitted are told in `refused` and left out. */
export function parseLock(text: string | undefined, ids: readonly string[], refused: string[]): Lock {
  if (!text) return []
  const names = [...new Set(text.split(','))]
  const known = (name: string) =>
    ids.includes(name.replace(/^-/, '')) || (lockedWays as readonly string[]).includes(name)
  const unknown = names.filter((name) => !known(name))
  if (unknown.length > 0)
    refused.push(
      `lock = ${listed(unknown)} is not permitted: lock is a list of ${lockedWays.join(', ')}, ${ids.join(', ')}. A - before the name of a parameter hides it.`,
    )
  return names.filter(known)
}
