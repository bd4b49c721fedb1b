/** Keys for the whole page. A focused control keeps its own keys. */
import type { Control } from './control.ts'
import type { State } from './state.ts'

function has(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null
}

/** Charts and scenes, which have keys of their own to read values and to turn. */
const picture = '#stage .stage-plot, #stage [tabindex="0"]:is([role=img], [role=application], [role=group])'
const pictureKeys = /^(Arrow|Page|Home$|End$|Escape$|[+=−_-]$)/

export function listenToKeys(
  state: State,
  control: Control,
  open: { readonly help: () => void; readonly presenter: () => void },
): void {
  const actions: Readonly<Record<string, () => void>> = {
    s: control.step,
    r: () => void control.reset().catch(control.report),
    n: control.newSeed,
    t: () => control.setTheme(state.theme.peek() === 'dark' ? 'projector' : 'dark'),
    p: open.presenter,
    '?': open.help,
  }
  const controlActions: Readonly<Record<string, () => void>> = {
    ' ': control.togglePlaying,
    ArrowLeft: () => control.travel(-1),
    ArrowRight: () => control.travel(1),
  }

  // in the capture phase: lil-gui keeps key events inside its panel, but the letters have the same meaning there
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
