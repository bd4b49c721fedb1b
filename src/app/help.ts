/** The help dialog: the purpose of the page, and its keys. */
import { glossary } from '../labs/glossary.ts'
import { createDialog, type Dialog } from './dialog.ts'
import { button, element } from './dom.ts'
import type { Keeping } from './offline/keeping.ts'
import { createOfflineSection } from './offline/section.ts'
import type { State } from './state.ts'

interface Key {
  readonly shown: string
  readonly does: string
}

/** Keys for the page as a whole. */
const keys: readonly Key[] = [
  { shown: 'Space', does: 'play or pause' },
  { shown: '← →', does: 'previous or next step of the story; Page keys too, as a clicker has them' },
  { shown: 'Home', does: 'first step of the story' },
  { shown: 's', does: 'one step of the run' },
  { shown: 'r', does: 'reset: the same run again, with the same seed' },
  { shown: 'n', does: 'new seed: another run' },
  { shown: 't', does: 'dark theme or projector theme' },
  { shown: 'f', does: 'present: the step fills the screen' },
  { shown: 'p', does: 'presenter window: notes and the answer, for a screen of your own' },
  { shown: 'q', does: 'QR code: the audience opens this view on its phones' },
  { shown: 'v', does: 'race CPU against GPU on the steps of this lab' },
  { shown: '?', does: 'this help' },
  { shown: '↑ ↓ Page Home End', does: 'move the focused slider' },
]

/** Keys while presenting. */
const presentKeys: readonly Key[] = [
  { shown: 'Escape f', does: 'back to the whole page' },
  { shown: 'c', does: 'show or hide the caption' },
  { shown: 'b .', does: 'black screen; any key brings the picture back' },
  { shown: 'l', does: 'the pointer is a large dot, or an arrow again' },
  { shown: 'click', does: 'on the title of a panel: it fills the screen, or goes back to its place' },
  { shown: 'two fingers', does: 'make a chart larger; one finger moves it then' },
  { shown: 'swipe', does: 'on the caption: the next or the previous step' },
]

/** Keys of a chart or a scene that has the focus: Tab reaches it, a click gives it the focus too. */
const pictureKeys: readonly Key[] = [
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

interface HelpActions {
  /** Opens the presenter window. */
  readonly presenter: () => void
  /** Shows the hints of a first visit again. */
  readonly hints: () => void
}

export function createHelpDialog({ lab }: State, actions: HelpActions, keeping: Keeping): Dialog {
  const paragraph = (text: string) => element('p', {}, text)
  const table = (listed: readonly Key[]) =>
    element(
      'table',
      { class: 'keys' },
      element(
        'tbody',
        {},
        ...listed.map(({ shown, does }) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, element('kbd', {}, shown)),
            element('td', {}, does),
          ),
        ),
      ),
    )
  const ofLab = element('section')
  const again = button('Show the first hints again', () => {
    dialog.element.close()
    actions.hints()
  })
  const content = [
    element('div', { class: 'dialog-row' }, again),
    paragraph(
      'Every number and picture here is computed on this machine, from the parameters of the panel, while you ' +
        'look. Drag a slider, or type a value; point at a chart to read it exactly.',
    ),
    paragraph(
      'Losses, entropies and divergences are in nats, information counted with the natural logarithm: what has ' +
        'probability p costs −ln p nats, and 1 nat is 1.44 bits.',
    ),
    ofLab,
    paragraph(
      'The seed decides every random draw: reset gives the same run again, a new seed gives another one. While a ' +
        'state is still being computed the page shows partial results and says so. A step under way is computed to ' +
        'its end even after a pause. “∞” means infinite, “–” means not defined or not known yet.',
    ),
    paragraph(
      'The story leads through the lab step by step; it stands below the pictures, on a phone above them. The ' +
        'address holds the lab, every parameter, the step of the story, the theme, whether you present, and the chosen backend: copy ' +
        'it, or use back and forward. Scripts can drive the page through window.natlab.',
    ),
    paragraph(
      'The presenter window is for the screen that only the lecturer sees. It shows notes, the right answer, the hands ' +
        'and the time, and it leads this page. Both windows have to be open in one browser on one machine: a phone ' +
        'beside it cannot be the presenter window.',
    ),
    element(
      'div',
      { class: 'dialog-row' },
      button('Open the presenter window', () => {
        dialog.element.close()
        actions.presenter()
      }),
    ),
    paragraph(
      'A lesson is your own list of steps: steps of the stories, views that you have set yourself, and pages of text, ' +
        'over all labs. Make one behind the button with the list, or begin with one of 10, 30 or 75 minutes. The arrows ' +
        'and Page keys walk through it.',
    ),
    createOfflineSection(keeping),
    element('h3', {}, 'Keys'),
    table(keys),
    element('h3', {}, 'While presenting'),
    table(presentKeys),
    element('h3', {}, 'Keys of a focused chart or scene'),
    table(pictureKeys),
    element('h3', {}, 'Words'),
    element(
      'dl',
      { class: 'glossary' },
      ...glossary.flatMap(({ name, says }) => [element('dt', {}, name), element('dd', {}, says)]),
    ),
  ]
  const dialog = createDialog('Help and keys', content, {
    onOpen() {
      // the dialog is open then, and its progress is followed
      setTimeout(keeping.look)
      const { title, help: told = [] } = lab.peek()
      ofLab.replaceChildren(...(told.length > 0 ? [element('h3', {}, title)] : []), ...told.map(paragraph))
    },
  })
  return dialog
}
