/**
 * Places of the panels while presenting: only the lit ones, on the whole stage, in rows of as equal a number as can be.
 * The type and the lines have the height of the window as their measure, so that the last row of a lecture hall reads
 * them.
 */
import type { Panel } from './panel.ts'
import type { Style } from './style.ts'

/** The smallest type is this share of the window's height, a little above what the last row needs (1/45). */
const typeShare = 1 / 44
/** Width of the thinnest line, as a share of the window's height: 3 pixels of 1080. */
const lineShare = 3 / 1080
/** Below this no type is readable on a phone that lies on its side. */
const smallestFont = 14
/** The shape that suits a picture: its width by its height. */
const suits = { picture: 1.5, wide: 2 }
/** Pictures of one size are compared more easily: others must be larger to be as good. */
const unevenWorth = 0.9
/** The least height of a picture that is read, by the measure of `rowsOf`. */
const leastSize = 125
/** Share of the height that a row of tables leaves to the pictures. */
const picturesShare = 0.7

interface Rows {
  /** The numbers of panels in each row. */
  readonly counts: readonly number[]
  /** Measure of the panels' size: a larger one is better. */
  readonly size: number
}

/** The best rows for so many panels on a stage of this size. */
export function rowsOf(
  panels: number,
  width: number,
  height: number,
  aspect = suits.picture,
  /** Height that each panel has beside its picture, where it is no small part of it. */
  header = 0,
): Rows {
  let best: Rows = { counts: [], size: Number.NEGATIVE_INFINITY }
  for (let rows = 1; rows <= panels; rows++) {
    // the fuller rows are above
    const counts = Array.from({ length: rows }, (_, row) => Math.ceil((panels - row) / rows))
    const uneven = counts[0] === counts.at(-1) ? 1 : unevenWorth
    const size = uneven * Math.min(width / counts[0] / aspect, height / rows - header)
    if (size > best.size) best = { counts, size }
  }
  return best
}

/** The least common multiple: so many tracks of the grid divide the width for all rows. */
function tracksOf(counts: readonly number[]): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
  return counts.reduce((all, count) => (all * count) / divisor(all, count), 1)
}

/** The panels that are shown: the one that fills the stage, else the lit ones, else all. */
export function shownPanels<One extends { readonly id: string }>(
  panels: readonly One[],
  lit: readonly string[],
  filling: string | undefined,
): readonly One[] {
  for (const ids of [[filling], lit]) {
    const shown = panels.filter(({ id }) => ids.includes(id))
    if (shown.length > 0) return shown
  }
  return panels
}

/** In a frame, panels that nobody has chosen are only as many as can be read; the first is always there. */
export function readablePanels<One>(
  panels: readonly One[],
  width: number,
  height: number,
  header: number,
): readonly One[] {
  let count = panels.length
  while (count > 1 && rowsOf(count, width, height, suits.picture, header).size < leastSize) count--
  return panels.slice(0, count)
}

/** Places the shown panels, and hides the others. */
export function placePresented(
  root: HTMLElement,
  panels: readonly Panel[],
  shown: readonly Panel[],
  header: number,
): void {
  root.classList.remove('stage-narrow', 'stage-wide', 'stage-lit-first')
  const { clientWidth: width, clientHeight: height } = root.parentElement ?? root
  const aspectOf = (some: readonly Panel[]) =>
    some.every(({ shape }) => shape === 'wide') ? suits.wide : suits.picture
  const pictures = shown.filter(({ kind }) => kind === 'picture')
  const tables = shown.filter(({ kind }) => kind === 'table')
  const together = rowsOf(shown.length, width, height, aspectOf(shown), header)
  // a table needs no more height than its rows: below the pictures it leaves them the most where they are many
  const above = rowsOf(pictures.length, width, height * picturesShare, aspectOf(pictures), header)
  const mixed = tables.length > 0 && above.size > together.size
  const rows = (mixed ? above : together).counts
  const counts = mixed ? [...rows, tables.length] : rows
  const places = mixed ? [...pictures, ...tables] : shown
  const tracks = tracksOf(counts)
  root.style.setProperty('--stage-tracks', String(tracks))
  root.style.setProperty('--stage-rows', String(rows.length))
  root.classList.toggle('stage-mixed', mixed)
  const spans = counts.flatMap((count) => Array.from({ length: count }, () => tracks / count))
  for (const panel of panels) {
    const at = places.indexOf(panel)
    panel.element.hidden = at < 0
    if (at < 0) continue
    panel.element.style.setProperty('--stage-span', String(spans[at]))
    panel.element.style.order = String(at)
  }
}

/** Undoes what `placePresented` has done. */
export function placeAgain(root: HTMLElement, panels: readonly Panel[]): void {
  for (const name of ['--stage-tracks', '--stage-rows']) root.style.removeProperty(name)
  root.classList.remove('stage-mixed')
  for (const { element } of panels) {
    element.hidden = false
    element.style.removeProperty('--stage-span')
    element.style.removeProperty('order')
  }
}

/** The style for a window of this height. */
export function presentedStyle(style: Style, windowHeight: number): Style {
  const font = Math.max(smallestFont, Math.round(windowHeight * typeShare * 2) / 2)
  const leastLine = windowHeight * lineShare
  // outlines and rules have three quarters of it
  const line = Math.max(style.line, leastLine / 0.75)
  return {
    ...style,
    font,
    line,
    leastLine,
    dashedLine: Math.max(style.dashedLine, leastLine),
    dot: Math.max(style.dot, font * 0.6),
    thickness: Math.max(style.thickness, line / 2),
    compact: false,
  }
}

/** A frame is read as one of this height by its width, if it is higher. */
const frameShape = 0.75

/** The style in a frame of another page, which is read from near; a small one has smaller type. */
export function framedStyle(style: Style, width: number, height: number): Style {
  const small = Math.max(11, Math.min(smallestFont, 9 + width / 160))
  const large = Math.min(height, width * frameShape) * typeShare
  const font = Math.round(Math.max(small, large) * 2) / 2
  const line = font / 7
  return {
    ...style,
    font,
    line,
    dashedLine: line * 0.875,
    grid: 1,
    dot: font * 0.6,
    thickness: line / 2,
    compact: false,
  }
}
