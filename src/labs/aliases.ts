/**
 * What links and scripts from before mean today. Training was a view of the lab `init` then: the parameter `view` chose it,
 * the panel of either view had its own parameters, and the steps of both stories had common numbers.
 */
import type { Lab } from './lab.ts'
import type { ParameterValues } from './parameter.ts'

interface FormerView {
  /** What `view` said. */
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
 * The id of the lab that is meant where `lab` and these names are given. Takes from the names what says so, and what only
 * the other view had; `story` becomes the number of the lab's own step, or goes where it is a step of the other one.
 */
export function meantLab(lab: string, names: Map<string, unknown>, labs: readonly Lab[]): string {
  if (!formerViews.some((one) => one.lab === lab)) return lab
  // a lab's own numbers are those of today
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

/** The same of a call that gives values to a lab: the lab's id, and the values that are meant. */
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
