/** The link to this view: to copy, to hand on by the phone's own menu, as a QR code, and locked for students. */
import './section.css'
import { button, element, setText } from '../dom.ts'
import { copied, createSection, type Section, type Tools } from '../export/section.ts'
import { createCodeDialog } from './code.ts'
import { viewLink } from './hash.ts'
import { createLockChoice } from './lock.ts'

export function createLinkSection({ state }: Pick<Tools, 'state'>): Section {
  const link = element('input', { type: 'text', readonly: true, 'aria-label': 'Link to this view' })
  const short = element('input', { type: 'checkbox', checked: true, onchange: () => update() })
  const length = element('span', { class: 'small muted' })
  const lock = createLockChoice(state, () => update())
  function update(): void {
    link.value = viewLink(state, { short: short.checked, lock: lock.lock() })
    setText(length, `${link.value.length} characters`)
    section.tell('')
  }

  async function handOn(): Promise<void> {
    try {
      await navigator.share({ title: document.title, url: link.value })
    } catch (fault) {
      // the user has closed the menu
      if ((fault as Error).name !== 'AbortError')
        section.tell('The browser did not take the link. Copy it instead.')
    }
  }

  const code = createCodeDialog()
  const section = createSection(
    'Link',
    element(
      'p',
      { class: 'small muted' },
      'The link holds the lab, its parameters, the seed, the step of the story or of the lesson, and your switches and cameras. A short one leaves out defaults, and numbers that natlab chose for the speed of this machine.',
    ),
    element(
      'div',
      { class: 'dialog-row' },
      link,
      button('Copy link', () => void copied(link, 'link').then(section.tell)),
      ...('share' in navigator ? [button('Share…', () => void handOn())] : []),
      button('QR code', () => code.show(link.value)),
    ),
    element(
      'div',
      { class: 'dialog-row' },
      element('label', { class: 'share-choice' }, short, 'Short: only what differs from the defaults'),
      length,
    ),
    lock.element,
  )
  return {
    element: section.element,
    onOpen() {
      lock.fill()
      update()
    },
  }
}
