/** Keys for the whole page. A focused control keeps the keys that are its own. */
import type { Control } from './control.ts'
import type { State } from './state.ts'

export interface Key {
  readonly shown: string
  readonly does: string
}

/** What the help dialog lists first: keys for the page as a whole. */
export const keys: readonly Key[] = [
  { shown: 'Space', does: 'play or pause' },
  { shown: '← →', does: 'previous or next step of the story' },
  { shown: 's', does: 'one step of the run' },
  { shown: 'r', does: 'reset: the same run again, with the same seed' },
  { shown: 'n', does: 'new seed: another run' },
  { shown: 't', does: 'dark theme or projector theme' },
  { shown: '?', does: 'this help' },
  { shown: '↑ ↓ Page Home End', does: 'move the focused slider' },
]

/** Keys of a chart or a scene that has the focus: Tab reaches it, a click gives it the focus too. */
export const pictureKeyHelp: readonly Key[] = [
  { shown: '← → ↑ ↓', does: 'read a chart value by value; turn a scene' },
  { shown: '+ −', does: 'nearer to a scene, or farther away' },
  { shown: 'Home End', does: 'first or last value of a chart; Home: a scene as it was' },
  { shown: '← → on a handle', does: 'move it; Page keys in ten steps, Shift makes it wider or narrower' },
  { shown: 'Insert Delete', does: 'add a mode to the chart; remove the one whose handle has the focus' },
  { shown: 'Enter', does: 'choose the dot that is read: show its model, or its image in the diagram' },
  { shown: 'Escape', does: 'no value is read any more' },
  { shown: 'wheel', does: 'over a handle: wider or narrower; over a chosen scene: nearer or farther' },
  { shown: 'double-click', does: 'a scene as it was; on a chart with handles: add a mode' },
]

function has(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null
}

/** A chart or a scene reads its values and turns with keys of its own. */
const picture = '#stage .stage-plot, #stage [tabindex="0"]:is([role=img], [role=application], [role=group])'
const pictureKeys = /^(Arrow|Page|Home$|End$|Escape$|[+=−_-]$)/

export function listenToKeys(state: State, control: Control, help: () => void): void {
  const actions: Readonly<Record<string, () => void>> = {
    s: control.step,
    r: () => void control.reset().catch(control.report),
    n: control.newSeed,
    t: () => control.setTheme(state.theme.peek() === 'dark' ? 'projector' : 'dark'),
    '?': help,
  }
  const controlActions: Readonly<Record<string, () => void>> = {
    ' ': control.togglePlaying,
    ArrowLeft: () => control.travel(-1),
    ArrowRight: () => control.travel(1),
  }

  // while capturing: lil-gui keeps key events inside its panel, but the letters mean the same there
  addEventListener(
    'keydown',
    (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (document.querySelector('dialog[open]') || has(event.target, 'input[type=text], textarea, select'))
        return
      if (pictureKeys.test(event.key) && has(event.target, picture)) return
      const focused = has(event.target, 'button, a, input, [role=slider], canvas, summary')
      const action = actions[event.key.toLowerCase()] ?? (focused ? undefined : controlActions[event.key])
      if (!action || (event.repeat && event.key !== 's')) return
      event.preventDefault()
      action()
    },
    { capture: true },
  )
}
