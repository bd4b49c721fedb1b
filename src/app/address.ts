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

export interface AddressState {
  readonly lab: Lab
  /** The values that the address names. All others take the lab's defaults. */
  readonly values: ParameterValues
  /** Index of the story step that was entered, null when the story was not begun. */
  readonly story: number | null
  /** The user's switches and cameras (stage/look.ts). */
  readonly look: string
  readonly theme: ThemeName
  /** The step fills the screen (present/). */
  readonly present: boolean
  readonly backend: BackendChoice
}

export interface ParsedAddress extends AddressState {
  /** One sentence for each refused part: its name, its value and what is permitted. */
  readonly refused: readonly string[]
}

const themes: readonly ThemeName[] = ['dark', 'projector']
const backends: readonly BackendChoice[] = ['automatic', 'webgpu', 'wasm']
const presents = ['1', '0', ''] as const
const pageKeys = ['lab', 'story', 'look', 'theme', 'present', 'backend']

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

function parseStory(text: string | undefined, lab: Lab, refused: string[]): number | null {
  if (text === undefined) return null
  const steps = lab.story.length
  const number = Number(text)
  if (/^\d{1,4}$/.test(text) && number >= 1 && number <= steps) return number - 1
  refused.push(
    `story = ${quoted(text)} is not permitted: ${
      steps === 0 ? 'this lab has no story' : `story is a whole number from 1 to ${steps}`
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
export function isComplete({ lab, story, values }: AddressState): boolean {
  const told = storyPatch(lab, story)
  return lab.parameters.every(({ id }) => id in values || id in told)
}

function storyPatch(lab: Lab, story: number | null): ParameterValues {
  return story === null ? {} : (lab.story[story].patch as ParameterValues)
}

/**
 * Reads `location.search + location.hash`. Never throws: parts that are not permitted are named in `refused` and left
 * out. All other parts count.
 */
export function parseAddress(text: string, labs: readonly Lab[], file?: FileFacts): ParsedAddress {
  const found = pairs(text)
  const refused: string[] = []
  const labIds = labs.map((lab) => lab.id)
  const named = meantLab(found.get('lab') ?? labIds[0], found, labs)
  const labId = oneOf('lab', named, labIds, refused)
  const lab = labs.find((candidate) => candidate.id === labId) ?? labs[0]

  const story = parseStory(found.get('story'), lab, refused)
  const told = storyPatch(lab, story)

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
  const theme = oneOf('theme', found.get('theme'), themes, refused) ?? 'dark'
  // `?present` alone is enough
  const present = /^1?$/.test(oneOf('present', found.get('present'), presents, refused) ?? '0')
  const backend = oneOf('backend', found.get('backend'), backends, refused) ?? 'automatic'

  const known = [...pageKeys, ...lab.parameters.map(({ id }) => id)]
  const unknown = [...found.keys()].filter((key) => !known.includes(key))
  if (unknown.length > 0) {
    const are = unknown.length > 1 ? 'are' : 'is'
    refused.push(`${listed(unknown)} ${are} not known: the names in this link may be ${known.join(', ')}.`)
  }

  return { lab, values, story, look, theme, present, backend, refused }
}

/**
 * The values with which a link opens its lab. A link to a step of the story has the values of that step; values in the
 * link itself win.
 */
export function meantValues({ lab, story, values }: AddressState, file?: FileFacts): ParameterValues {
  return story === null ? values : validateOpening(lab, values, storyPatch(lab, story), file)
}

/**
 * The hash, with its #, from which `parseAddress` reads the same state again. Values of the parameters in `hidden` would
 * answer a question: the link leaves them out where the step of the story, or the default, says the same.
 */
export function formatAddress(state: AddressState, hidden: readonly string[] = []): string {
  const { lab, story } = state
  const found = new URLSearchParams({ lab: lab.id })
  const meant = hidden.length > 0 ? defaults(lab.parameters, filled(lab, storyPatch(lab, story))) : {}
  for (const { id } of lab.parameters) {
    const value = state.values[id]
    if (value === undefined || (hidden.includes(id) && meant[id] === value)) continue
    found.set(id, String(value))
  }
  if (story !== null) found.set('story', String(story + 1))
  if (state.look) found.set('look', state.look)
  if (state.theme !== 'dark') found.set('theme', state.theme)
  if (state.present) found.set('present', '1')
  if (state.backend !== 'automatic') found.set('backend', state.backend)
  return `#${found}`
}
