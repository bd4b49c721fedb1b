/** The whole view as a file: what a link holds, with the step, the answer, and a text of the user's own. */
import type { MetricValue } from '../../labs/experiment.ts'
import { quoted } from '../../labs/validation.ts'

export const viewVersion = 1
/** Own texts are smaller, and nothing else is as long. */
const largest = 64 * 2 ** 20

export interface SavedView {
  readonly natlab: 'view'
  readonly version: typeof viewVersion
  /** The page that wrote it. */
  readonly page: string
  /** What stands in a link behind its #. A lesson is whole in it. */
  readonly view: Readonly<Record<string, string>>
  readonly step: number
  /** The question of the step is answered. */
  readonly answered: boolean
  /** The numbers at this step, to compare; without those that an open question hides. */
  readonly metrics: Readonly<Record<string, MetricValue>>
  /** The text of the user's own. */
  readonly file?: { readonly name: string; readonly text: string }
}

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((one) => typeof one === 'string')

function contentsOf(text: string): Readonly<Record<string, unknown>> {
  let contents: unknown
  try {
    contents = JSON.parse(text)
  } catch {
    throw new Error('it is no JSON, or a part of it is missing')
  }
  if (typeof contents === 'object' && contents !== null && !Array.isArray(contents))
    return contents as Readonly<Record<string, unknown>>
  throw new Error('it holds no view of natlab')
}

/** Throws the reason where the file is no view. */
export async function readSavedView(file: Blob): Promise<SavedView> {
  if (file.size > largest) throw new Error('it is larger than any view of natlab')
  const contents = contentsOf(await file.text())
  if (contents.natlab !== 'view') {
    if ('metrics' in contents && 'parameters' in contents)
      throw new Error('it holds data of natlab, not a view. “Save this view” makes a file that opens again')
    if ('entries' in contents)
      throw new Error('it holds a lesson, not a view. Open it in the dialog for lessons')
    throw new Error('it holds no view of natlab')
  }
  const { answered = false, file: own, metrics = {}, step, version, view } = contents
  if (version !== viewVersion)
    throw new Error(
      `its version is ${quoted(version)}, and this page reads version ${viewVersion}. Open it with a newer page`,
    )
  if (!isTexts(view)) throw new Error('its part “view” is missing or damaged')
  if (typeof step !== 'number' || !Number.isInteger(step) || step < 0)
    throw new Error(`its step ${quoted(step)} is not permitted: a step is a whole number from 0`)
  if (own !== undefined && !(isTexts(own) && 'name' in own && 'text' in own))
    throw new Error('its part “file” is damaged')
  return {
    ...{ natlab: 'view', version, page: String(contents.page), view, step, answered: answered === true },
    metrics: (typeof metrics === 'object' && metrics) as SavedView['metrics'],
    file: own as SavedView['file'],
  }
}
