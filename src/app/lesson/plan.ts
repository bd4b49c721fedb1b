/**
 * A lesson as it is kept: in a file, in the address and in the browser. Reading it leaves out what is not permitted, and
 * says so.
 */
import type { Lab } from '../../labs/lab.ts'
import type { FileFacts } from '../../labs/parameter.ts'
import { quoted } from '../../labs/validation.ts'
import { type AddressState, formatAddress, parseAddress } from '../address.ts'

interface Timed {
  readonly minutes?: number
}

/** A step of a lab's own story, by its number. */
export interface StepEntry extends Timed {
  readonly lab: string
  readonly step: number
}

/** A view of one's own. */
export interface ViewEntry extends Timed {
  readonly title: string
  /** Markdown without HTML. */
  readonly caption: string
  /** Lab, values, switches and cameras, as a link has them behind its #. */
  readonly view: string
  /** Ids of the panels to light; none lights all. */
  readonly panels?: readonly string[]
  /** Ids of the parameters that have a large slider while presenting. */
  readonly sliders?: readonly string[]
  /** Switches of the lab's view, as a step of its story sets them. */
  readonly switches?: Readonly<Record<string, boolean>>
}

/** A page of text. */
export interface PageEntry extends Timed {
  readonly title: string
  /** Markdown without HTML. */
  readonly text: string
}

export type LessonEntry = StepEntry | ViewEntry | PageEntry

export interface LessonPlan {
  readonly title: string
  readonly entries: readonly LessonEntry[]
}

export const version = 1
export const mostEntries = 200
export const mostMinutes = 600
const longestTitle = 200
export const longestText = 10_000

type Fields = Readonly<Record<string, unknown>>

function textOf(fields: Fields, key: string, longest: number): string {
  const value = fields[key] ?? ''
  if (typeof value !== 'string') throw new Error(`${key} = ${quoted(value)} is no text`)
  if (value.length > longest)
    throw new Error(`${key} has ${value.length} characters, and ${longest} are permitted`)
  return value
}

function minutesOf({ minutes }: Fields): Timed {
  if (minutes === undefined) return {}
  if (typeof minutes === 'number' && minutes >= 0 && minutes <= mostMinutes) return { minutes }
  throw new Error(`minutes = ${quoted(minutes)} is not permitted: it is a number from 0 to ${mostMinutes}`)
}

function idsOf(fields: Fields, key: string): readonly string[] | undefined {
  const ids = fields[key]
  if (ids === undefined) return undefined
  if (
    Array.isArray(ids) &&
    ids.length <= 50 &&
    ids.every((id) => typeof id === 'string' && /^[\w-]+$/.test(id))
  )
    return ids
  throw new Error(`${key} = ${quoted(ids)} is no list of names`)
}

function switchesOf({ switches }: Fields): ViewEntry['switches'] {
  if (switches === undefined) return undefined
  if (isFields(switches) && Object.values(switches).every((on) => typeof on === 'boolean'))
    return switches as ViewEntry['switches']
  throw new Error(`switches = ${quoted(switches)} are not switches that are true or false`)
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Without the fields that are not given. */
const given = <Entry extends object>(entry: Entry): Entry =>
  Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as Entry

function knownLab(id: unknown, labs: readonly Lab[]): Lab {
  const lab = labs.find((one) => one.id === id)
  if (lab) return lab
  throw new Error(
    `lab = ${quoted(id)} is not permitted: lab is one of ${labs.map((one) => one.id).join(', ')}`,
  )
}

/** Lab, values and look of a view, and what of it is not permitted. */
export function readView(view: string, labs: readonly Lab[], file?: FileFacts) {
  // a whole link has it behind its #
  const own = view.replace(/^[^#]*#/, '')
  knownLab(new URLSearchParams(own).get('lab'), labs)
  return parseAddress(own, labs, file)
}

/** A view as an entry has it. */
export function viewText({ lab, values, look }: Pick<AddressState, 'lab' | 'values' | 'look'>): string {
  const plain = { story: null, theme: 'dark', present: false, backend: 'automatic' } as const
  return formatAddress({ lab, values, look, ...plain }).slice(1)
}

function entryOf(
  fields: unknown,
  labs: readonly Lab[],
  file: FileFacts | undefined,
  refuse: (why: string) => void,
) {
  if (!isFields(fields)) throw new Error(`${quoted(fields)} is no entry`)
  const minutes = minutesOf(fields)
  if ('step' in fields) {
    const { id, story } = knownLab(fields.lab, labs)
    const step = Number(fields.step)
    if (story[step - 1] === undefined)
      throw new Error(
        `step = ${quoted(fields.step)} is not permitted: step is a whole number from 1 to ${story.length}`,
      )
    return { lab: id, step, ...minutes }
  }
  const title = textOf(fields, 'title', longestTitle)
  if (!('view' in fields)) {
    if (!('text' in fields)) throw new Error('it has no step, no view and no text')
    return { title, text: textOf(fields, 'text', longestText), ...minutes }
  }
  const read = readView(textOf(fields, 'view', longestText), labs, file)
  for (const why of read.refused) refuse(why)
  const sliders = idsOf(fields, 'sliders')
  return given({
    ...{ title, caption: textOf(fields, 'caption', longestText), view: viewText(read), ...minutes },
    panels: idsOf(fields, 'panels'),
    sliders: sliders?.filter((id) => read.lab.parameters.some((one) => one.id === id)),
    switches: switchesOf(fields),
  })
}

export interface ReadPlan {
  readonly plan: LessonPlan
  /** A sentence for each part that is left out. */
  readonly refused: readonly string[]
}

/** Reads what `planText` wrote. Throws where it is no lesson at all. */
export function readPlan(text: string, labs: readonly Lab[], file?: FileFacts): ReadPlan {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (fault) {
    throw new Error(`It is damaged, or no lesson: ${(fault as Error).message}`)
  }
  if (!isFields(data) || data.natlab !== 'lesson')
    throw new Error('It is no lesson of natlab: a lesson has the line "natlab": "lesson".')
  if (data.version !== version)
    throw new Error(
      `It is written in version ${quoted(data.version)}, and this page reads version ${version}. A newer natlab may read it.`,
    )
  const { entries } = data
  if (!Array.isArray(entries)) throw new Error('It has no list of entries.')
  const refused: string[] = []
  const kept = entries.slice(0, mostEntries).flatMap((fields, index): LessonEntry[] => {
    const name = `Entry ${index + 1} of the lesson`
    try {
      return [entryOf(fields, labs, file, (why) => refused.push(`${name}: ${why}`))]
    } catch (fault) {
      refused.push(`${name} is left out: ${(fault as Error).message}.`)
      return []
    }
  })
  if (entries.length > mostEntries)
    refused.push(`The lesson has ${entries.length} entries, and the first ${mostEntries} are read.`)
  return { plan: { title: textOf(data, 'title', longestTitle), entries: kept }, refused }
}

/** The text of a file, for people to read too. */
export function planText({ title, entries }: LessonPlan, indent?: number): string {
  return JSON.stringify({ natlab: 'lesson', version, title, entries }, null, indent)
}

/** Minutes of all entries. */
export const planMinutes = ({ entries }: LessonPlan): number =>
  entries.reduce((sum, { minutes = 0 }) => sum + minutes, 0)
