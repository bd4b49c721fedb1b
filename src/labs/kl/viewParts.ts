/** Colours, tables and handle events for the KL lab's pictures of all families. */

import { count, counted } from '../../count.ts'
import type { BasinRole, ChartContent, HandleEvent, Mark, Role, TableContent } from '../../stage/contract.ts'
import { column } from '../common/column.ts'
import { dots, line, rule } from '../common/marks.ts'
import { spoken, spokenNats } from '../common/spoken.ts'
import type { ChangePart } from '../lab.ts'
import { mostComponents } from './components.ts'
import type { Rest } from './frame.ts'
import { five } from './texts.ts'

const basinRoles: readonly BasinRole[] = ['basin1', 'basin2', 'basin3', 'basin4', 'basin5', 'basin6']

/** A basin's colour; a particle without a known basin has a colour that stands out from the surface. */
export function basinRole(index: number): Role {
  return basinRoles[index] ?? 'theory'
}

export function basinRolesOf(basins: Uint8Array): Role[] {
  return Array.from(basins, basinRole)
}

/** A sentence that says why the table is empty: "Following 1,024 starts to their ends: 43 %". */
function basinsWait(starts: number, followed: number): string {
  return starts === 0
    ? 'Set “number of starts” above 0 to see where the descents from everywhere end.'
    : `Following ${counted(starts, 'start')} to their ends: ${Math.floor(100 * followed)} %`
}

const same = (value: number) => value

/** Least divergence that float32 resolves near 0. */
const floor = 1e-6

export interface DescentLine {
  readonly name: string
  /** The name for the ear. */
  readonly spoken: string
  readonly curve?: string
  readonly role: Role
  /** Rows of step, two further entries, and the descended objective. */
  readonly path: Float32Array
  readonly best: number
  /** The last finite step before the fit diverged, or −1. */
  readonly divergedAt: number
  /** Whether the objective is in nats; else it has no unit. */
  readonly inNats: boolean
  /** Turns the descended objective into the shown one. */
  readonly told?: (descended: number) => number
}

/** From a little below the lowest value, which has a line, to a little above the highest. */
function logDomain(values: readonly number[]): readonly [number, number] | undefined {
  const finite = values.filter((value) => Number.isFinite(value) && value > 0)
  if (finite.length === 0) return undefined
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  const room = Math.max(1.5, (high / low) ** 0.12)
  return [low / room, high * room ** 0.5]
}

/** The objectives against the step, as paths with their latest points. */
export function descentContent(
  lines: readonly DescentLine[],
  step: number,
  cutShort: boolean,
  logarithmic: boolean,
): ChartContent {
  const marks: Mark[] = []
  const seen = (value: number) => (logarithmic && value < floor ? floor : value)
  const heights: number[] = []
  const notes: string[] = []
  const unresolved: string[] = []
  for (const { name, curve, role, path, best, divergedAt, told = same } of lines) {
    const x = column(path, 4, 0)
    const y = column(path, 4, 3).map((value) => seen(told(value)))
    heights.push(...y)
    marks.push(
      line(name, role, x, y, { curve }),
      dots(undefined, role, x.slice(-1), y.slice(-1), { curve, size: 9 }),
    )
    if (Number.isFinite(best)) {
      const value = seen(best)
      heights.push(value)
      // in the legend: in the plot it would cover curves
      const least = value > best ? 'best ≈ 0' : `best ${five(best)}`
      marks.push(rule('y', value, undefined, role, { name: least, hover: false, dashed: true }))
    }
    const last = told(path[path.length - 1])
    if (divergedAt >= 0)
      notes.push(`${name} diverged after step ${count(divergedAt)}: lower the learning rate, then reset`)
    else if (last === Number.POSITIVE_INFINITY)
      notes.push(`${name} is ∞ at its start, where nothing descends`)
    else if (seen(last) > last) unresolved.push(name)
  }
  if (unresolved.length > 0)
    notes.push(`${unresolved.join(', ')}: below 10⁻⁶, where float32 resolves no more`)
  if (cutShort)
    notes.push(`stopped at step ${count(step)}, still moving: change the learning rate and play on`)
  const said = lines
    .map(({ spoken: name, path, inNats, told = same }) => {
      const [first, last] = [told(path[3]), told(path[path.length - 1])].map(inNats ? spokenNats : spoken)
      return `${name} was ${first} at the start and is ${last}`
    })
    .join('; ')
  const without = lines.filter(({ inNats }) => !inNats).map(({ name }) => `; ${name} has no unit`)
  return {
    x: { label: 'step', scale: 'linear', domain: [0, Math.max(20, step)] },
    y: {
      label: 'divergence',
      unit: ['nats', ...without].join(''),
      scale: logarithmic ? 'log' : 'linear',
      domain: logarithmic ? logDomain(heights) : undefined,
    },
    marks,
    note: notes.length > 0 ? notes.join('; ') : undefined,
    description: `The objectives against the step of the descent, on a ${logarithmic ? 'logarithmic' : 'linear'} axis. After step ${count(step)}: ${said}.`,
    format: five,
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/** "9.4 % end in no minimum: 9.4 % are held where none is."; undefined where all starts end in one. */
function restText({ diverged, held, moving }: Rest): string | undefined {
  const parts = [
    { share: diverged, text: 'diverged' },
    { share: held, text: 'are held where none is' },
    { share: moving, text: 'still move' },
  ].filter(({ share }) => share > 0)
  if (parts.length === 0) return undefined
  const why = parts.map(({ share, text }) => `${percent(share)} ${text}`).join(', ')
  return `${percent(diverged + held + moving)} end in no minimum: ${why}.`
}

export interface BasinsTable<Basin> {
  readonly columns: TableContent['columns']
  readonly cells: (basin: Basin) => readonly string[]
  /** A row's name, needed where the first cells of two rows may be equal. */
  readonly name?: (basin: Basin) => string
  readonly objective: string
  readonly inNats: boolean
  readonly starts: number
  readonly followed: number
  readonly rest: Rest | undefined
  /** Why there is no minimum, if there is none. */
  readonly none?: string
  readonly select: (basin: Basin) => void
  readonly selected: (basin: Basin) => boolean
}

export function basinsContent<Basin extends { readonly divergence: number; readonly share: number }>(
  basins: readonly Basin[],
  {
    columns,
    cells,
    name,
    objective,
    inNats,
    starts,
    followed,
    rest,
    none,
    select,
    selected,
  }: BasinsTable<Basin>,
): TableContent {
  const lost = rest && restText(rest)
  const found = followed < 1 || starts === 0 ? basinsWait(starts, followed) : 'No start ends in a minimum.'
  return {
    columns: [...columns, { label: 'value', unit: inNats ? 'nats' : undefined }, { label: 'starts' }],
    rows: basins.map((basin, index) => ({
      id: String(index),
      cells: [...cells(basin), five(basin.divergence), percent(basin.share)],
      role: basinRole(index),
      curve: 'minima',
      name: name?.(basin),
      onSelect: () => select(basin),
      selected: selected(basin),
    })),
    note: basins.length === 0 ? undefined : (lost ?? 'Choose one: the shown fits start there.'),
    empty: (starts > 0 && none) || (lost ?? found),
    description: `Minima of ${objective} and the share of ${counted(starts, 'start')} that end in each.`,
  }
}

/** The index in "mode:2"; undefined for another handle. */
export function modeOf(event: HandleEvent): number | undefined {
  if (!('id' in event)) return undefined
  const match = /^mode:(\d)$/.exec(event.id)
  return match ? Number(match[1]) : undefined
}

/** The part of a longer change that an event belongs to, if any. */
export function partOf(event: HandleEvent): ChangePart | undefined {
  if (event.kind === 'move' && event.dragging) return 'dragging'
  return event.kind === 'widen' && event.continued ? 'continued' : undefined
}

/** Whether P has the least or the greatest number of modes. */
export const atLimit = (modes: number) => modes === 1 || modes === mostComponents

/** Why the number of P's modes stays the same. */
export function refusal(event: HandleEvent): string | undefined {
  if (event.kind === 'add') return `P has ${mostComponents} modes, the most there can be`
  return event.kind === 'remove' && modeOf(event) !== undefined ? 'P keeps its only mode' : undefined
}

const places = 17

/** The place of a new mode: the farthest from the others in the middle half of the picture. */
export function placeApart(
  modes: readonly (readonly [x: number, y: number])[],
  domainX: readonly [number, number],
  domainY: readonly [number, number],
): { readonly x: number; readonly y: number } {
  const along = ([from, to]: readonly [number, number]) =>
    Array.from({ length: places }, (_, index) => from + (to - from) * (0.25 + (0.5 * index) / (places - 1)))
  let best = { x: domainX[0], y: domainY[0], distance: -1 }
  for (const x of along(domainX))
    for (const y of along(domainY)) {
      const distance = Math.min(...modes.map((mode) => Math.hypot(x - mode[0], y - mode[1])))
      if (distance > best.distance + 1e-9) best = { x, y, distance }
    }
  return { x: best.x, y: best.y }
}

/** Buttons that change the number of P's modes. */
export function modeActions(add: () => void, remove: () => void) {
  return [
    {
      label: '+ mode',
      title: `Add a mode to P, up to ${mostComponents} (double-click the plot)`,
      onClick: add,
    },
    { label: '− mode', title: 'Remove P’s last mode (Delete on its handle)', onClick: remove },
  ]
}
