/**
 * The address holds the whole view: `#lab=init&dModel=512&…&story=3`. Pure functions only; `addressBar.ts`
 * connects them to the browser's history.
 */
import type { BackendChoice } from '../engine/protocol.ts'
import { meantLab } from '../labs/aliases.ts'
import type { Lab } from '../labs/lab.ts'
import type { FileFacts, ParameterValue, ParameterValues } from '../labs/parameter.ts'
import {
  byDependence,
  defaults,
  listed,
  parse,
  quoted,
  resolved,
  validateChange,
} from '../labs/validation.ts'
import type { ThemeName } from '../stage/contract.ts'

export interface AddressState {
  readonly lab: Lab
  /** The values that the address names. All others take the lab's defaults. */
  readonly values: ParameterValues
  /** Index of the story step that was entered, null when the story was not begun. */
  readonly story: number | null
  readonly theme: ThemeName
  readonly backend: BackendChoice
}

export interface ParsedAddress extends AddressState {
  /** One sentence for each refused part: its name, its value and what is permitted. */
  readonly refused: readonly string[]
}

const themes: readonly ThemeName[] = ['dark', 'projector']
const backends: readonly BackendChoice[] = ['automatic', 'webgpu', 'wasm']
const pageKeys = ['lab', 'story', 'theme', 'backend']

/** Key and value pairs of "?a=1#b=2". A value behind the # wins, and of equal keys the last one. */
function pairs(text: string): Map<string, string> {
  const hash = text.indexOf('#')
  const parts = hash < 0 ? [text] : [text.slice(0, hash), text.slice(hash + 1)]
  const found = new Map<string, string>()
  for (const part of parts)
    for (const [key, value] of new URLSearchParams(part.replace(/^[?#]/, ''))) found.set(key, value)
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

/** The link names every parameter. */
export function isComplete({ lab, values }: AddressState): boolean {
  return lab.parameters.every(({ id }) => id in values)
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

  const values: Record<string, ParameterValue> = {}
  for (const parameter of byDependence(lab.parameters)) {
    const value = found.get(parameter.id)
    if (value === undefined) continue
    const others = defaults(lab.parameters, { ...told, ...values }, file)
    try {
      values[parameter.id] = parse(resolved(parameter, others, file), value)
    } catch (fault) {
      refused.push((fault as Error).message)
    }
  }

  // a refused value may have hidden another conflict
  for (;;) {
    const conflict = lab.conflict?.(defaults(lab.parameters, { ...told, ...values }, file), file)
    if (!conflict || refused.includes(conflict.message)) break
    refused.push(conflict.message)
    for (const id of conflict.ids) delete values[id]
  }

  const theme = oneOf('theme', found.get('theme'), themes, refused) ?? 'dark'
  const backend = oneOf('backend', found.get('backend'), backends, refused) ?? 'automatic'

  const known = [...pageKeys, ...lab.parameters.map(({ id }) => id)]
  const unknown = [...found.keys()].filter((key) => !known.includes(key))
  if (unknown.length > 0) {
    const are = unknown.length > 1 ? 'are' : 'is'
    refused.push(`${listed(unknown)} ${are} not known: the names in this link may be ${known.join(', ')}.`)
  }

  return { lab, values, story, theme, backend, refused }
}

/**
 * The values with which a link opens its lab. A link to a step of the story has the values of that step; values in the
 * link itself win.
 */
export function meantValues({ lab, story, values }: AddressState, file?: FileFacts): ParameterValues {
  if (story === null) return values
  const patch = storyPatch(lab, story)
  return { ...patch, ...validateChange(lab, values, defaults(lab.parameters, patch, file), file) }
}

/** The hash, with its #, from which `parseAddress` reads the same state again. */
export function formatAddress(state: AddressState): string {
  const found = new URLSearchParams({ lab: state.lab.id })
  for (const { id } of state.lab.parameters) {
    const value = state.values[id]
    if (value !== undefined) found.set(id, String(value))
  }
  if (state.story !== null) found.set('story', String(state.story + 1))
  if (state.theme !== 'dark') found.set('theme', state.theme)
  if (state.backend !== 'automatic') found.set('backend', state.backend)
  return `#${found}`
}
