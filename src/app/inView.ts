/** Gestures by which a user decides what is in view. */
const gestures = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const

let release = () => {}

/**
 * Scrolls to `node`, and again whenever something beside it in its section changes its size, as a text above does by a
 * longer number: until the user takes the page elsewhere, or another node is kept in view. A node that has left the page
 * is let go.
 */
export function keepInView(node: HTMLElement): void {
  release()
  // an observer also tells the first sizes
  const observer = new ResizeObserver(() => {
    if (node.isConnected) node.scrollIntoView({ block: 'nearest' })
    else release()
  })
  const ended = new AbortController()
  release = () => {
    observer.disconnect()
    ended.abort()
  }
  // the section itself and its surroundings change with each other, of which an observer complains
  const section = node.closest('section') ?? document.body
  for (let at: Element = node; at !== section && at.parentElement; at = at.parentElement)
    if (at.parentElement !== section) for (const beside of at.parentElement.children) observer.observe(beside)
  for (const gesture of gestures)
    addEventListener(gesture, release, { signal: ended.signal, capture: true, passive: true })
}
