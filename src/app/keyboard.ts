/** Keys for the whole page. A control that the keyboard has reached keeps its own keys. */
import type { Control } from './control.ts'
import type { State } from './state.ts'

export interface Keys {
  readonly help: () => void
  readonly presenter: () => void
  /** The QR code of this view. */
  readonly code: () => void
  /** The race of the backends. */
  readonly race: () => void
  /** Does what a key means while presenting (presenting.ts); false where it means nothing. */
  readonly present: (key: string) => boolean
}

function has(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null
}

/** Charts and scenes, which have keys of their own to read values and to turn. */
const picture = '#stage .stage-plot, #stage [tabindex="0"]:is([role=img], [role=application], [role=group])'
const pictureKeys = /^(Arrow|Page|Home$|End$|Escape$|[+=−_-]$)/
const fields = 'input[type=text], textarea, select'
/** Keys that scroll what is higher than its place. */
const scrollKeys = /^(Page|Home$)/

/** Something around the target, or the page, is higher than its place. */
function scrolls(target: EventTarget | null): boolean {
  for (let node = target instanceof Element ? target : null; node; node = node.parentElement)
    if (node.scrollHeight > node.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(node).overflowY))
      return true
  return document.documentElement.scrollHeight > innerHeight + 1
}

export function listenToKeys(
  state: State,
  control: Control,
  { help, presenter, code, race, present }: Keys,
): void {
  const actions: Readonly<Record<string, () => void>> = {
    s: control.step,
    r: () => void control.reset().catch(control.report),
    n: control.newSeed,
    t: () => control.setTheme(state.theme.peek() === 'dark' ? 'projector' : 'dark'),
    f: () => control.setPresent(!state.present.peek()),
    p: presenter,
    q: code,
    v: race,
    '?': help,
  }
  const previous = () => control.travel(-1)
  const next = () => control.travel(1)
  const controlActions: Readonly<Record<string, () => void>> = {
    ' ': control.togglePlaying,
    ArrowLeft: previous,
    ArrowRight: next,
    // a clicker has these
    PageUp: previous,
    PageDown: next,
    Home: () => control.enterStory(0),
  }

  /** The keyboard gave the focus, or a script after a key: not the mouse and no finger. */
  let byKeyboard = false
  /** The pointer was used last: what a script focuses then was clicked or dragged. */
  let pointed = false
  addEventListener(
    'pointerdown',
    () => {
      pointed = true
    },
    { capture: true },
  )
  addEventListener('focusin', ({ target }) => {
    byKeyboard = !pointed && target instanceof Element && target.matches(':focus-visible')
  })

  /** The focused control has its own meaning of this key. */
  function keepsKey(target: EventTarget | null, key: string): boolean {
    const presenting = state.present.peek()
    // a lecturer has just clicked or dragged something, and goes on with the story
    if (!byKeyboard && (presenting || has(target, 'button:not([role=slider]), a'))) return false
    if (pictureKeys.test(key) && has(target, picture)) return true
    if (scrollKeys.test(key) && !presenting && scrolls(target)) return true
    return has(target, 'button, a, input, [role=slider], canvas, summary')
  }

  // in the capture phase: lil-gui keeps key events inside its panel, but the letters have the same meaning there
  addEventListener(
    'keydown',
    (event) => {
      pointed = false
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (document.querySelector('dialog[open]')) return
      const { key, target } = event
      // the key closes the box of a word first (words/words.ts)
      if (key === 'Escape' && document.querySelector('.explanation:not([hidden])')) return
      const presenting = state.present.peek()
      const field = has(target, fields)
      // a clicker goes on from a field, too
      if (field && !(presenting && key.startsWith('Page'))) return
      const letter = key.toLowerCase()
      const taken = presenting && !event.repeat && present(letter)
      const kept = !field && keepsKey(target, key)
      const action = taken ? () => {} : (actions[letter] ?? (kept ? undefined : controlActions[key]))
      if (!action || (event.repeat && key !== 's')) return
      event.preventDefault()
      // a slider that the mouse has dragged still has the focus, and does not move by a key for the story
      if (presenting) event.stopPropagation()
      // else some browsers press a clicked button once more when the space bar is released
      if (!byKeyboard && target instanceof HTMLElement && !has(target, '[role=slider], input')) target.blur()
      action()
    },
    { capture: true },
  )
}
