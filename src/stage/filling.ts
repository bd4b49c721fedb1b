/**
 * What makes a panel larger while presenting. It tells which panel shall fill the stage: a click on its button, on its title, or on a picture that has nothing else to
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

interface Pinch {
  readonly panel: string
  readonly apart: number
  readonly zoom: number
}

/** Where two fingers are: their middle in the window, and their distance. */
function fingers(touches: TouchList): { readonly x: number; readonly y: number; readonly apart: number } {
  const [a, b] = [touches[0], touches[1]]
  return {
    x: (a.clientX + b.clientX) / 2,
    y: (a.clientY + b.clientY) / 2,
    apart: Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)),
  }
}

/**
 * Two fingers on a panel enlarge it: `zoom` is called with the wanted factor, and with the place that shall stay under
 * the fingers. A scene has a meaning of its own for two fingers (orbit.ts).
 */
export function listenToPinches(
  root: HTMLElement,
  stage: {
    /** The present factor; undefined where nothing can be enlarged now. */
    now(): number | undefined
    zoom(panel: string, factor: number, at: { readonly x: number; readonly y: number }): void
  },
  signal: AbortSignal,
): void {
  let pinch: Pinch | undefined
  root.addEventListener(
    'touchstart',
    (event) => {
      pinch = undefined
      const zoom = stage.now()
      const target = event.target instanceof Element ? event.target : null
      const panel = target?.closest<HTMLElement>('.stage-panel')?.dataset.panel
      if (event.touches.length !== 2 || zoom === undefined || !panel) return
      if (target?.closest('.stage-turnable, .stage-handle')) return
      event.preventDefault()
      pinch = { panel, apart: fingers(event.touches).apart, zoom }
    },
    { passive: false, signal },
  )
  root.addEventListener(
    'touchmove',
    (event) => {
      if (!pinch || event.touches.length !== 2) return
      event.preventDefault()
      const at = fingers(event.touches)
      stage.zoom(pinch.panel, (pinch.zoom * at.apart) / pinch.apart, at)
    },
    { passive: false, signal },
  )
  for (const type of ['touchend', 'touchcancel'] as const)
    root.addEventListener(
      type,
      () => {
        pinch = undefined
      },
      { signal },
    )
}
