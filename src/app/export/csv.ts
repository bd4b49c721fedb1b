/** Tables as text: CSV as in RFC 4180 after lines that begin with #, and JSON. */
import type { Values } from '../../stage/values.ts'
import type { About } from './about.ts'
import { backendText } from './about.ts'

/** JSON knows neither Infinity nor NaN: they are kept as the strings "Infinity", "-Infinity" and "NaN". */
export function toJson(data: unknown): string {
  return JSON.stringify(
    data,
    (_key, value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
    2,
  )
}

/** A field in quotes where it needs them; # would begin a comment for many readers. */
function field(cell: string | number): string {
  const text = String(cell)
  return /[",#\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A line before the table: it has no line breaks. */
export const headed = (text: string) => text.replaceAll(/\s+/g, ' ')

/** The lines before the table. */
export function headerLines(about: About, panel?: string): readonly string[] {
  const { units } = about
  const named = (id: string, value: unknown) =>
    `${id} = ${Array.isArray(value) ? toJson(value) : value}${units[id] ? ` ${units[id]}` : ''}`
  return [
    `natlab ${about.natlab}`,
    `lab: ${about.lab} (${about.title})`,
    ...(panel === undefined ? [] : [`panel: ${panel}`]),
    `step: ${about.step ?? 'none'}${about.ready ? '' : ' (partial result)'}`,
    ...(about.seed === undefined ? [] : [`seed: ${about.seed}`]),
    `backend: ${backendText(about)}`,
    ...Object.entries(about.parameters).map(([id, value]) => `parameter ${named(id, value)}`),
    ...Object.entries(about.metrics).map(([id, value]) => `metric ${named(id, value)}`),
    `link: ${about.link}`,
  ].map(headed)
}

export function toCsv(header: readonly string[], { columns, rows }: Values): string {
  const lines = [columns, ...rows].map((cells) => cells.map(field).join(','))
  return [...header.map((line) => `# ${line}`), ...lines, ''].join('\r\n')
}
