/**
 * The address holds the whole view: `#lab=init&dModel=512&…&story=3`. Pure functions only; `addressBar.ts`
 * connects them to the browser's history.
 */
import type { BackendChoice } from '../engine/protocol.ts'
import { meantLab } from '../labs/aliases.ts'
import type { Lab } from '../labs/lab.ts'
import type { FileFacts, Parameter, ParameterValue, ParameterValues } from '../labs/parameter.ts'
import {
  byDependence,
  defaults,
  depends,
  filled,
  listed,
  parse,
  quoted,
  resolved,
  validateOpening,
} from '../labs/validation.ts'
import type { ThemeName } from '../stage/contract.ts'
import { type Lock, parseLock } from './lock.ts'
import type { Embed, Lesson } from './state.ts'

export interface AddressState {
  readonly lab: Lab
  /** The values that the address names. All others take the lab's defaults. */
  readonly values: ParameterValues
  /** The lesson that is told in place of the lab's story. */
  readonly lesson?: Lesson | null
  /** Index of the step that was entered, in the story that is told; null when it was not begun. */
  readonly story: number | null
  /** The user's switches and cameras (stage/look.ts). */
  readonly look: string
  readonly theme: ThemeName
  /** The step fills the screen (present/). */
  readonly present: boolean
  /** What the link keeps from its readers (lock.ts). */
  readonly lock?: Lock
  readonly backend: BackendChoice
}

export interface ParsedAddress extends AddressState {
  /** The view stands in a frame of another page. */
  readonly embed?: Embed
  /** The address names a lesson that is still to be read (`lesson/reading.ts`). */
  readonly unread?: { readonly code: string; readonly text: string }
  /** One sentence for each refused part: its name, its value and what is permitted. */
  readonly refused: readonly string[]
}

const themes: readonly ThemeName[] = ['dark', 'projector']
const backends: readonly BackendChoice[] = ['automatic', 'webgpu', 'wasm']
const switches = ['1', '0', ''] as const
const embedKeys = ['panels', 'controls', 'caption']
const pageKeys = [
  ...['lab', 'story', 'lesson', 'at', 'look', 'theme', 'present', 'lock', 'backend', 'v', 'embed'],
  ...embedKeys,
]

/**
 * The version of the links that this page writes. Links without one are of the first. A default, a preset or a step of a
 * story that becomes another one makes short links open another view: then this number grows, and `parseAddress` gives
 * links of earlier versions what they meant.
 */
export const linkVersion = 1

/** As stage/look.ts writes it. */
const lookForm = /^[\w-]+\.[\w-]+:[-\d.,]+(;[\w-]+\.[\w-]+:[-\d.,]+)*$/

/** Names that mail programs, chats and advertisers add to links. They say nothing about the view. */
const tracking =
  /^(utm_\w+|[a-z]{1,4}clid|[gw]braid|mc_[ce]id|igsh(id)?|_ga|_gl|_hs\w+|mkt_tok|oly_\w+|pk_\w+|mtm_\w+|vero_\w+|ref|ref_src|ref_url|si|trk|trackingid|li_fat_id|spm|cmpid|at_\w+|ml_\w+|sfmc_\w+|s_cid|:~:text)$/i

/** Some programs encode a link once more, in whole. */
function decoded(part: string): string {
  for (let times = 0; times < 3 && !part.includes('=') && /%(25)*3D/i.test(part); times++)
    try {
      part = decodeURIComponent(part)
    } catch {
      break
    }
  return part
}

/**
 * Key and value pairs of "?a=1#b=2". A value behind the # wins, and of equal keys the last one. "&amp;" stands for "&":
 * a link may come from the source of a page.
 */
function pairs(text: string): Map<string, string> {
  const hash = text.search(/#|%(25)*23/)
  const parts = hash < 0 ? [text] : [text.slice(0, hash), text.slice(hash).replace(/^(#|%(25)*23)/, '')]
  const found = new Map<string, string>()
  for (const part of parts)
    for (const [key, value] of new URLSearchParams(decoded(part.replace(/^[?#]/, '')))) {
      const name = key.replace(/^(amp;)+/, '')
      if (!tracking.test(name)) found.set(name, value)
    }
  return found
}

/** One of `permitted`, or undefined with the refusal noted. */
function oneOf<Name extends string>(
  key: string,
  text: string | undefined,
  permitted: readonly Name[],
  refused: string[],
): Name | undefined {
  if (text === undefined) return undefined
  const name = permitted.find((candidate) => candidate === text)
  if (name === undefined)
    refused.push(`${key} = ${quoted(text)} is not permitted: ${key} is one of ${permitted.join(', ')}.`)
  return name
}

/** `?present` alone is enough. */
const parseSwitch = (key: string, found: ReadonlyMap<string, string>, refused: string[]): boolean =>
  /^1?$/.test(oneOf(key, found.get(key), switches, refused) ?? '0')

/** The names in a list such as `beta,seed`. */
const namesIn = (text: string | undefined) =>
  text?.split(',').flatMap((name) => (name.trim() ? [name.trim()] : []))

/** Which panels there are is known once they are drawn (embed/). */
function parseEmbed(
  found: ReadonlyMap<string, string>,
  lab: Lab,
  refused: string[],
): Omit<Embed, 'followsHost'> | undefined {
  if (!parseSwitch('embed', found, refused)) {
    const alone = embedKeys.filter((key) => found.has(key))
    if (alone.length > 0)
      refused.push(`${listed(alone)} ${alone.length > 1 ? 'count' : 'counts'} only together with embed=1.`)
    return undefined
  }
  const ids = lab.parameters.map(({ id }) => id)
  const panels = namesIn(found.get('panels'))
  return {
    panels: panels?.length ? panels : undefined,
    controls: namesIn(found.get('controls'))?.filter((name) => oneOf('controls', name, ids, refused)),
    caption: parseSwitch('caption', found, refused),
  }
}

/** The index of a step that `key` names by its number. */
function parseStep(
  key: 'story' | 'at',
  text: string | undefined,
  steps: number,
  refused: string[],
): number | null {
  if (text === undefined) return null
  const number = Number(text)
  if (/^\d{1,4}$/.test(text) && number >= 1 && number <= steps) return number - 1
  refused.push(
    `${key} = ${quoted(text)} is not permitted: ${
      steps === 0 ? 'this lab has no story' : `${key} is a whole number from 1 to ${steps}`
    }.`,
  )
  return null
}

const isPreset = ({ id }: Parameter) => Number(id === 'preset')

function parseLook(text: string | undefined, refused: string[]): string {
  if (text === undefined || text === '') return ''
  if (text.length <= 500 && lookForm.test(text)) return text
  refused.push(
    `look = ${quoted(text)} is not permitted: look is a list of switches and cameras, such as losses.log:1;landscape.camera:-20,63,1.`,
  )
  return ''
}

/** The link names every parameter, or leaves it to its step of the story. */
export function isComplete(address: AddressState): boolean {
  const told = toldPatch(address)
  return address.lab.parameters.every(({ id }) => id in address.values || id in told)
}

function toldPatch({ lab, lesson, story }: Pick<AddressState, 'lab' | 'lesson' | 'story'>): ParameterValues {
  if (story === null) return {}
  return (lesson ? lesson.places[story].step : lab.story[story]).patch as ParameterValues
}

/**
 * Reads `location.search + location.hash`. Never throws: parts that are not permitted are named in `refused` and left
 * out. All other parts count. `lesson` is the one that the address names, once it is read.
 */
export function parseAddress(
  text: string,
  labs: readonly Lab[],
  file?: FileFacts,
  lesson?: Lesson,
): ParsedAddress {
  const found = pairs(text)
  const refused: string[] = []
  const labIds = labs.map((lab) => lab.id)
  const named = meantLab(found.get('lab') ?? labIds[0], found, labs)
  const labId = oneOf('lab', named, labIds, refused)
  const linked = labs.find((candidate) => candidate.id === labId) ?? labs[0]

  const story = lesson
    ? (parseStep('at', found.get('at'), lesson.places.length, refused) ?? 0)
    : parseStep('story', found.get('story'), linked.story.length, refused)
  const place = lesson?.places[story ?? 0]
  // a page of text that the link names alone comes over the lab of the next step
  const next = found.has('lab') ? undefined : lesson?.places.slice(story ?? 0).find(({ lab }) => lab)?.lab
  const lab = place?.lab ?? next ?? linked
  // the step of a lesson counts as it is where the link is about something else
  if (place && (lab !== linked || !found.has('lab'))) {
    for (const key of [...found.keys()]) if (!pageKeys.includes(key)) found.delete(key)
    if (place.look) found.set('look', place.look)
  }
  const told = toldPatch({ lab, lesson, story })

  // the values of a preset count before all others
  const table = byDependence(lab.parameters).toSorted((one, other) => isPreset(other) - isPreset(one))
  const written = new Map(found)
  let values: Record<string, ParameterValue> = {}
  /** All values of the view: those of the link, of its preset, of its story step, and the defaults. */
  const whole = () => defaults(lab.parameters, { ...filled(lab, told), ...filled(lab, values) }, file)
  // what is left out may change the range of another value, and may have hidden another conflict
  for (let before = -1; before !== refused.length; ) {
    before = refused.length
    values = {}
    for (const parameter of table) {
      const value = written.get(parameter.id)
      if (value === undefined) continue
      try {
        values[parameter.id] = parse(
          depends(parameter) ? resolved(parameter, whole(), file) : parameter,
          value,
        )
      } catch (fault) {
        refused.push((fault as Error).message)
        written.delete(parameter.id)
      }
    }
    const conflict = lab.conflict?.(whole(), file)
    if (!conflict || refused.includes(conflict.message)) continue
    refused.push(conflict.message)
    for (const id of conflict.ids) written.delete(id)
  }

  const look = parseLook(found.get('look'), refused)
  const embed = parseEmbed(found, lab, refused)
  const permitted = embed ? [...themes, 'auto' as const] : themes
  const themed = oneOf<ThemeName | 'auto'>('theme', found.get('theme'), permitted, refused) ?? 'auto'
  const theme = themed === 'auto' ? 'dark' : themed
  const present = parseSwitch('present', found, refused)
  const backend = oneOf('backend', found.get('backend'), backends, refused) ?? 'automatic'

  const ids = lab.parameters.map(({ id }) => id)
  const lock = parseLock(found.get('lock'), ids, refused)
  const version = found.get('v')
  if (version !== undefined && Number(version) !== linkVersion)
    refused.push(
      /^[1-9]\d{0,3}$/.test(version)
        ? `v = ${version}: a newer natlab made this link. This page reads links up to version ${linkVersion}. Reload it to get the newer one.`
        : `v = ${quoted(version)} is not permitted: v is the version of the link, a whole number from 1 to ${linkVersion}.`,
    )
  const known = [...pageKeys, ...ids]
  const unknown = [...found.keys()].filter((key) => !known.includes(key))
  if (unknown.length > 0) {
    const are = unknown.length > 1 ? 'are' : 'is'
    refused.push(`${listed(unknown)} ${are} not known: the names in this link may be ${known.join(', ')}.`)
  }

  const code = lesson ? undefined : found.get('lesson')
  const unread = code === undefined ? undefined : { code, text }
  return {
    lab,
    values,
    lesson,
    story,
    look,
    theme,
    present,
    lock,
    embed: embed && { ...embed, followsHost: themed === 'auto' },
    backend,
    refused,
    unread,
  }
}

/**
 * The values with which a link opens its lab. A link to a step of the story has the values of that step; values in the
 * link itself win.
 */
export function meantValues(address: AddressState, file?: FileFacts): ParameterValues {
  const { lab, story, values } = address
  return story === null ? values : validateOpening(lab, values, toldPatch(address), file)
}

/**
 * The hash, with its #, from which `parseAddress` reads the same state again. Values of the parameters in `hidden` would
 * answer a question: the link leaves them out where the step of the story, or the default, says the same.
 */
export function formatAddress(state: AddressState, hidden: readonly string[] = []): string {
  const { lab, lesson, story } = state
  const found = new URLSearchParams({ lab: lab.id })
  const meant = hidden.length > 0 ? defaults(lab.parameters, filled(lab, toldPatch(state))) : {}
  for (const { id } of lab.parameters) {
    const value = state.values[id]
    if (value === undefined || (hidden.includes(id) && meant[id] === value)) continue
    found.set(id, String(value))
  }
  if (lesson) found.set('lesson', lesson.code)
  if (story !== null) found.set(lesson ? 'at' : 'story', String(story + 1))
  if (state.look) found.set('look', state.look)
  if (state.theme !== 'dark') found.set('theme', state.theme)
  if (state.present) found.set('present', '1')
  if (state.lock?.length) found.set('lock', state.lock.join())
  if (state.backend !== 'automatic') found.set('backend', state.backend)
  return `#${found}`
}
