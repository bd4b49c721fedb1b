/** What the calls to a spare backend say in the place of the objects of its memory. */

/** Stands for an object of the spare backend. */
export interface Reference {
  readonly reference: number
}

export const isReference = (value: object): value is Reference => 'reference' in value

/** A copy of arguments in which `replacement` takes the place of each value that `isOne` knows. */
export function replaced<From extends object>(
  value: unknown,
  isOne: (value: object) => value is From,
  replacement: (one: From) => unknown,
): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (isOne(value)) return replacement(value)
  if (Array.isArray(value)) return value.map((each) => replaced(each, isOne, replacement))
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, replaced(each, isOne, replacement)]),
  )
}
