/** Which classes the stage and its panels carry, by which arrangement.css gives the panels their places. */
import type { Panel } from './panel.ts'

/** CSS pixels. */
const narrowBelow = 760
/** From here on five panels or more stand in three columns. */
const wideFrom = 1500
const manyPanels = 5
/** So many lit panels at most stand side by side. */
const mostSideBySide = 3

/** One, two or three columns for so many panels on a stage of this width. */
export function columnsOf(width: number, panels: number): number {
  if (width < narrowBelow) return 1
  return width >= wideFrom && panels >= manyPanels ? 3 : 2
}

/**
 * Where height is scarce (`compact`), the lit panels stand first, side by side and as high as the room; one alone has
 * the next one beside it. Panels of another shape have places of their own.
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
  const equal = panels.every(({ shape }) => !shape)
  const litFirst = columns === 2 && compact && equal && count > 0 && count <= mostSideBySide
  const below = count === 1 ? rest.slice(1) : rest
  const alone = litFirst && below.length % 2 === 1 ? below.at(-1) : undefined
  root.classList.toggle('stage-narrow', columns === 1)
  root.classList.toggle('stage-wide', columns === 3)
  root.classList.toggle('stage-lit-first', litFirst)
  root.style.setProperty('--stage-lit-span', String(count === mostSideBySide ? 2 : 3))
  for (const panel of panels) panel.element.classList.toggle('stage-panel-alone', panel === alone)
}
