/** Keys of the presenter window. */

export interface PresenterActions {
  readonly previous: () => void
  readonly next: () => void
  readonly play: () => void
  readonly answer: () => void
  readonly black: () => void
  readonly theme: () => void
  readonly hand: (answer: number) => void
}

export function listenToPresenterKeys(actions: PresenterActions): void {
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: actions.previous,
    PageUp: actions.previous,
    ArrowRight: actions.next,
    PageDown: actions.next,
    a: actions.answer,
    b: actions.black,
    '.': actions.black,
    t: actions.theme,
  }
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    const { target, key } = event
    const within = (selector: string) => target instanceof Element && target.closest(selector) !== null
    if (within('input')) return
    // a focused button is pressed by the space bar
    const space = key === ' ' && !within('button, a') ? actions.play : undefined
    const digit = /^[1-9]$/.test(key) ? () => actions.hand(Number(key) - 1) : undefined
    const action = space ?? digit ?? keys[key] ?? keys[key.toLowerCase()]
    if (!action) return
    event.preventDefault()
    action()
  })
}
