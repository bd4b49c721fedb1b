/**
 * The present meaning of old links and scripts. Training was a view of the lab `init` then: the parameter `view` chose
 * it. The panel of each view had its own parameters, and the steps of both stories were numbered together.
 */
import type { Lab } from './lab.ts'
import type { ParameterValues } from './parameter.ts'

interface FormerView {
  /** The old value of `view`. */
  readonly view: string
  readonly lab: string
  /** Numbers of its steps in the common story. */
  readonly firstStep: number
  readonly lastStep: number
}

export const formerViews: readonly FormerView[] = [
  { view: 'initial', lab: 'init', firstStep: 1, lastStep: 8 },
  { view: 'training', lab: 'training', firstStep: 9, lastStep: 13 },
]

/**
 * The id of the lab that `lab` and these names mean. Removes `view` and the other view's parameters from the names;
 * `story` becomes the number of the lab's own step, or is removed if it is a step of the other lab.
 */
export function meantLab(lab: string, names: Map<string, unknown>, labs: readonly Lab[]): string {
  if (!formerViews.some((one) => one.lab === lab)) return lab
  // if `lab` is not `init`, the numbers are present ones already
  const step = lab === 'init' ? Number(names.get('story')) : Number.NaN
  const told = formerViews.find(({ firstStep, lastStep }) => step >= firstStep && step <= lastStep)
  const meant = formerViews.find(({ view }) => view === names.get('view')) ?? told
  if (!meant) return lab
  names.delete('view')
  if (told === meant) names.set('story', `${step - meant.firstStep + 1}`)
  else if (told) names.delete('story')
  const tables = formerViews.map((one) => labs.find(({ id }) => id === one.lab)?.parameters ?? [])
  const own = tables[formerViews.indexOf(meant)]
  for (const { id } of tables.flat()) if (!own.some((one) => one.id === id)) names.delete(id)
  return meant.lab
}

/** The same for a call that gives values to a lab: the lab's id, and the values in their present meaning. */
export function meantCall(
  lab: string,
  patch: ParameterValues,
  labs: readonly Lab[],
): readonly [lab: string, patch: ParameterValues] {
  if (!Object.hasOwn(Object(patch), 'view')) return [lab, patch]
  const names = new Map<string, unknown>(Object.entries(patch))
  const meant = meantLab(lab, names, labs)
  return [meant, Object.fromEntries(names) as ParameterValues]
}
