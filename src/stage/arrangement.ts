/** Sets the classes of the stage and its panels from which arrangement.css places the panels. */
import type { Panel } from './panel.ts'

/** CSS pixels. */
const narrowBelow = 680
/** From this width on, five or more panels are in three columns. */
const wideFrom = 1500
const manyPanels = 5
/** Largest number of lit panels side by side. */
const mostSideBySide = 3

/** Number of columns, one to three, for so many panels on a stage of this width. */
export function columnsOf(width: number, panels: number): number {
  if (width < narrowBelow) return 1
  return width >= wideFrom && panels >= manyPanels ? 3 : 2
}

/**
 * Places the panels. Where height is scarce (`compact`), the lit panels come first, side by side and as high as the
 * window, whatever their shapes; a single one has the next panel beside it, unless it is wide.
 */
export function arrangePanels(
  root: HTMLElement,
  panels: readonly Panel[],
  lit: readonly string[],
  compact: boolean,
): void {
  const columns = columnsOf(root.clientWidth, panels.length)
  const rest = panels.filter(({ id }) => !lit.includes(id))
  const count = panels.length - rest.length
  const litFirst = columns === 2 && compact && count > 0 && count <= mostSideBySide
  const across = count === 1 && panels.some(({ id, shape }) => lit.includes(id) && shape === 'wide')
  const below = count === 1 && !across ? rest.slice(1) : rest
  const alone = litFirst && below.length % 2 === 1 ? below.at(-1) : undefined
  root.classList.toggle('stage-narrow', columns === 1)
  root.classList.toggle('stage-wide', columns === 3)
  root.classList.toggle('stage-lit-first', litFirst)
  root.style.setProperty('--stage-lit-span', String(across ? 6 : count === mostSideBySide ? 2 : 3))
  for (const panel of panels) panel.element.classList.toggle('stage-panel-alone', panel === alone)
}
