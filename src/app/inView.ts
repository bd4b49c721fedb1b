/** Gestures by which a user moves the page. */
const gestures = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const

let release = () => {}

/**
 * Scrolls to `node`, and again whenever something else in its section changes its size, such as a text above with a
 * longer number. This ends when the user moves the page, when another node is kept in view, or when the node leaves
 * the page.
 */
export function keepInView(node: HTMLElement): void {
  release()
  // an observer also reports the first sizes
  const observer = new ResizeObserver(() => {
    if (node.isConnected) node.scrollIntoView({ block: 'nearest' })
    else release()
  })
  const ended = new AbortController()
  release = () => {
    observer.disconnect()
    ended.abort()
  }
  // the section itself is left out: it and its surroundings resize each other, and observers report this as an error
  const section = node.closest('section')
  for (let around = node.parentElement; around && around !== section; around = around.parentElement)
    for (const one of around.children) observer.observe(one)
  for (const gesture of gestures)
    addEventListener(gesture, release, { signal: ended.signal, capture: true, passive: true })
}
