/** What the KL lab's pictures of all families share: words, colours, and what dragging a mode means. */
import type {
  Axis,
  BasinRole,
  ChartContent,
  HandleEvent,
  Mark,
  Role,
  TableContent,
} from '../../stage/contract.ts'
import { mostComponents } from './components.ts'

const superscripts: Record<string, string> = {
  '-': '⁻',
  ...Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((sign, digit) => [String(digit), sign])),
}

/** "2.9843", "4.420 × 10⁻⁹", "∞", "–" for NaN. */
function digits(value: number): string {
  if (Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (size >= 1e9 || (size > 0 && size < 1e-6)) {
    const [mantissa, exponent] = value.toExponential(3).split('e')
    const raised = [...exponent.replace('+', '')].map((sign) => superscripts[sign]).join('')
    return `${mantissa.replace('-', '−')} × 10${raised}`
  }
  return String(Number(value.toPrecision(5))).replace('-', '−')
}

/** Five digits, without what rounding leaves beside 0. */
export const five = (value: number) => digits(Math.abs(value) < 1e-12 ? 0 : value)

/** The mean to a ten-thousandth of the width, which is all that a picture tells. */
export function meanText(mu: number, sigma: number): string {
  const unit = 10 ** Math.floor(Math.log10(sigma) - 3)
  const rounded = Math.round(mu / unit) * unit
  return five(Number.isFinite(rounded) ? rounded : mu)
}

/** "μ = 2.984, σ = 1.0234". */
export function placed(mu: number, sigma: number): string {
  return `μ = ${meanText(mu, sigma)}, σ = ${digits(sigma)}`
}

export const nats = (value: number) => `${five(value)} nats`
export const count = (value: number) => value.toLocaleString('en-US')

/** Forward and what covers is blue (as the fixed variant), reverse and what seeks is orange, in every picture. */
export const roles = { forward: 'fixed', reverse: 'broken', third: 'third' } as const

const basinRoles: readonly BasinRole[] = ['basin1', 'basin2', 'basin3', 'basin4', 'basin5', 'basin6']

/** A basin's colour; what is not known to end in one stands out from the surface. */
export function basinRole(index: number): Role {
  return basinRoles[index] ?? 'theory'
}

export function basinRolesOf(basins: Uint8Array): Role[] {
  return Array.from(basins, basinRole)
}

/** "following 1,024 starts to their ends: 43 %": why the table is empty. */
export function basinsWait(starts: number, followed: number): string {
  return starts === 0
    ? 'Set “starts at once” above 0 to see where descents from everywhere end.'
    : `Following ${count(starts)} starts to their ends: ${Math.floor(100 * followed)} %`
}

const same = (value: number) => value

/** Steps a path has reached, and its divergence, on a logarithmic axis. */
export function descentContent(
  lines: readonly {
    name: string
    role: Role
    path: Float32Array
    best: number
    diverged: boolean
    /** What is descended as what is shown. */
    told?: (descended: number) => number
  }[],
  step: number,
  logarithmic: boolean,
): ChartContent {
  const marks: Mark[] = []
  for (const { name, role, path, best, told = same } of lines) {
    const points = path.length / 4
    const x = Float32Array.from({ length: points }, (_, index) => path[4 * index])
    const y = Float32Array.from({ length: points }, (_, index) => told(path[4 * index + 3]))
    marks.push({ kind: 'line', name, role, x, y })
    marks.push({ kind: 'dots', role, x: x.slice(-1), y: y.slice(-1), size: 9 })
    if (Number.isFinite(best) && !(logarithmic && best <= 1e-7))
      marks.push({
        kind: 'rule',
        axis: 'y',
        value: best,
        role,
        dashed: true,
        label: `best ${name}: ${five(best)}`,
      })
  }
  const said = lines
    .map(({ name, path, told = same }) => `${name} ${five(told(path[path.length - 1]))}`)
    .join(', ')
  const lost = lines.filter((line) => line.diverged).map((line) => line.name)
  return {
    x: { label: 'step', scale: 'linear', domain: [0, Math.max(20, step)] },
    y: { label: 'divergence', unit: 'nats', scale: logarithmic ? 'log' : 'linear' },
    marks,
    note: lost.length > 0 ? `${lost.join(' and ')} diverged: lower the learning rate, then reset` : undefined,
    description: `The objectives against the step of the descent, now ${step}: ${said}.`,
    format: five,
  }
}

export function basinsContent<Basin extends { readonly divergence: number; readonly share: number }>(
  basins: readonly Basin[],
  columns: TableContent['columns'],
  cells: (basin: Basin) => readonly string[],
  starts: number,
  followed: number,
  objective: string,
  select: (basin: Basin) => void,
  selected: (basin: Basin) => boolean,
  name?: (basin: Basin) => string,
): TableContent {
  const lost = 1 - basins.reduce((sum, { share }) => sum + share, 0)
  return {
    columns: [...columns, { label: 'divergence', unit: 'nats' }, { label: 'starts' }],
    rows: basins.map((basin, index) => ({
      id: String(index),
      cells: [...cells(basin), five(basin.divergence), `${(100 * basin.share).toFixed(1)} %`],
      role: basinRole(index),
      name: name?.(basin),
      onSelect: () => select(basin),
      selected: selected(basin),
    })),
    note:
      basins.length === 0
        ? undefined
        : lost > 1e-9
          ? `${(100 * lost).toFixed(1)} % end in no minimum (diverged, or still moving)`
          : 'Choose one: the shown fits start there.',
    empty: basinsWait(starts, followed),
    description: `Minima of ${objective} and the share of ${count(starts)} starts that end in each.`,
  }
}

export const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value))

export const meanAxis: Axis = { label: 'μ', scale: 'linear' }

/** The number behind "mode:2"; undefined for another handle. */
export function modeOf(event: HandleEvent): number | undefined {
  if (!('id' in event)) return undefined
  const match = /^mode:(\d)$/.exec(event.id)
  return match ? Number(match[1]) : undefined
}

const places = 17

/** Where a further mode stands apart from the others: the farthest place in the middle half of the picture. */
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
