/**
 * Tells which panel shall fill the stage: a click on its button, on its title, or on a picture that has nothing else to
 * click. A pointer that has moved in between has turned a scene or dragged something.
 */
const moves = 5
/** Parts of a panel that have clicks of their own. */
const own = 'button:not(.stage-fill), input, label, a, tr'
/** Pictures with handles, and pictures whose dots are chosen, have a group's role (chart.ts). */
const plain = '.stage-header, .stage-plot[role=img], .stage-turnable:not(.stage-choosable)'

export function listenForFilling(
  root: HTMLElement,
  fill: (panel: string) => void,
  signal: AbortSignal,
): void {
  let start = { x: 0, y: 0 }
  root.addEventListener(
    'pointerdown',
    ({ clientX: x, clientY: y }) => {
      start = { x, y }
    },
    { capture: true, signal },
  )
  root.addEventListener(
    'click',
    ({ target, clientX, clientY, detail }) => {
      if (!(target instanceof Element) || target.closest(own)) return
      // a button that a key presses has no place
      const moved = detail > 0 && Math.hypot(clientX - start.x, clientY - start.y) > moves
      const panel = target.closest<HTMLElement>('.stage-panel')?.dataset.panel
      if (panel && !moved && target.closest(`.stage-fill, ${plain}`)) fill(panel)
    },
    { signal },
  )
}
