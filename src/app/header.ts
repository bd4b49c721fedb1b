/** Name, labs, the open lab's question, timing and the buttons that belong to the page as a whole. */
import type { Lab } from '../labs/lab.ts'
import { createTimingChip } from './backendSection.ts'
import type { Control } from './control.ts'
import { element, iconButton, setText, watch } from './dom.ts'
import { playsByItself } from './motion.ts'
import { openQuestion, type State } from './state.ts'

export interface HeaderActions {
  readonly compare: () => void
  readonly race: () => void
  readonly share: () => void
  readonly presenter: () => void
  readonly lesson: () => void
  readonly help: () => void
  readonly togglePanel: () => void
}

function createLabLinks(labs: readonly Lab[], state: State, control: Control): HTMLElement {
  const links = labs.map((lab) => {
    const link = element(
      'a',
      {
        href: `#lab=${lab.id}`,
        class: 'lab-link',
        onclick: (event: MouseEvent) => {
          // with a modifier key the browser opens the link elsewhere, as for any other link
          if (event.ctrlKey || event.metaKey || event.shiftKey) return
          event.preventDefault()
          if (state.lab.peek() === lab) return
          control
            .open(lab, { values: {}, play: playsByItself() })
            .then(() => control.commit())
            .catch(control.report)
        },
      },
      lab.title,
    )
    watch(() => {
      const open = state.lab.value === lab
      link.hidden = !open && state.lock.value.length > 0
      if (open) link.setAttribute('aria-current', 'page')
      else link.removeAttribute('aria-current')
    })
    return link
  })
  return element('nav', { class: 'labs', 'aria-label': 'Labs' }, ...links)
}

export function createHeader(
  labs: readonly Lab[],
  state: State,
  control: Control,
  actions: HeaderActions,
): HTMLElement {
  const question = element('h1', { class: 'question' })
  watch(() => {
    // the lab's own question may answer that of its story
    const shown = openQuestion(state) ? 'Predict first, then see.' : state.lab.value.question
    setText(question, shown)
    question.title = shown
    document.title = `${state.lab.value.title} · natlab`
  })

  const theme = iconButton('theme', 'Projector theme', () =>
    control.setTheme(state.theme.peek() === 'dark' ? 'projector' : 'dark'),
  )
  watch(() => theme.setAttribute('aria-pressed', String(state.theme.value === 'projector')))

  const presenter = iconButton('presenter', 'Presenter window', actions.presenter, 'Presenter window (p)')
  presenter.classList.add('wide-only')
  const compare = iconButton('compare', 'Compare backends', actions.compare)
  compare.classList.add('desk-only')

  return element(
    'header',
    { class: 'header' },
    element('div', { class: 'brand' }, element('strong', {}, 'natlab'), createLabLinks(labs, state, control)),
    question,
    createTimingChip(state, actions.race),
    element(
      'div',
      { class: 'header-buttons' },
      compare,
      iconButton('lesson', 'Lesson: your own list of steps', actions.lesson),
      iconButton('share', 'Share and export', actions.share),
      theme,
      iconButton(
        'present',
        'Present: the step fills the screen',
        () => control.setPresent(true),
        'Present (f)',
      ),
      presenter,
      iconButton('sliders', 'Show or hide the panel', actions.togglePanel),
      iconButton('help', 'Help and keys', actions.help),
    ),
  )
}
