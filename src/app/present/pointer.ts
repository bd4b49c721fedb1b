/** The pointer while presenting: a large dot that the last row sees, and no arrow where the hand rests. */
import { element } from '../dom.ts'

/** Milliseconds without a movement after which the pointer is hidden. */
const restAfter = 2000

export interface Pointer {
  toggleDot(): void
  /** Everything as outside of the mode. */
  end(): void
}

export function createPointer(): Pointer {
  const root = document.documentElement
  const dot = element('div', { class: 'laser', hidden: true, 'aria-hidden': 'true' })
  document.body.append(dot)
  let place = { x: innerWidth / 2, y: innerHeight / 2 }
  let resting: ReturnType<typeof setTimeout> | undefined
  const show = () => {
    dot.style.translate = `${place.x}px ${place.y}px`
  }
  addEventListener(
    'pointermove',
    ({ clientX: x, clientY: y }) => {
      place = { x, y }
      if (!dot.hidden) show()
      root.classList.remove('pointer-rests')
      clearTimeout(resting)
      resting = setTimeout(() => root.classList.add('pointer-rests'), restAfter)
    },
    { capture: true, passive: true },
  )
  return {
    toggleDot() {
      dot.hidden = !dot.hidden
      root.classList.toggle('pointer-is-dot', !dot.hidden)
      show()
    },
    end() {
      dot.hidden = true
      root.classList.remove('pointer-is-dot')
    },
  }
}
