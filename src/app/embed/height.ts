/** The height that suits an embedded view: it follows from the width and the panels, never from the height itself. */

/** Width by height of a picture. */
const shape = 1.5
/** Frames that are at least so wide have two pictures beside each other, or three. */
const wideEnough = [560, 1100]
const leastPicture = 180

/** The height of so many pictures in a frame of this width. */
export function picturesHeight(panels: number, width: number): number {
  const columns = Math.max(1, Math.min(panels, 1 + wideEnough.filter((least) => width >= least).length))
  return Math.ceil(panels / columns) * Math.max(leastPicture, Math.round(width / columns / shape))
}

/** The height of a part, with all of a caption that is scrolled. */
function wholeHeight(part: HTMLElement): number {
  const scrolled = part.querySelector('.story-body')
  const beyond = scrolled ? scrolled.scrollHeight - scrolled.clientHeight : 0
  return part.getBoundingClientRect().height + beyond
}

/**
 * Calls `tell` with the height that suits, once the panels are there and whenever it is another one. `others` are the
 * parts under the pictures.
 */
export function watchHeight(
  stage: HTMLElement,
  others: readonly HTMLElement[],
  tell: (height: number) => void,
): void {
  let told: number | undefined
  const measure = () => {
    const all = stage.querySelectorAll('.stage-panel')
    // one that fills the frame for a while does not make it lower
    const panels = stage.querySelectorAll('.stage-panel[data-light=on]').length || all.length
    if (panels === 0) return
    const below = others.reduce((sum, part) => sum + wholeHeight(part), 0)
    const height = Math.ceil(picturesHeight(panels, innerWidth) + below)
    if (height === told) return
    told = height
    tell(height)
  }
  const resized = new ResizeObserver(measure)
  for (const part of others) resized.observe(part)
  resized.observe(document.documentElement)
  new MutationObserver(measure).observe(stage, {
    childList: true,
    subtree: true,
    attributeFilter: ['data-light'],
  })
}
