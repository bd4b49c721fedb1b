/** Sharing: the link to this view, and what can be taken away from it. Each group is a module of its own. */
import './share.css'
import type { Control } from './control.ts'
import { createDialog, type Dialog } from './dialog.ts'
import { button, element } from './dom.ts'
import { createEmbedSection } from './embed/code.ts'
import { createDataSection } from './export/data.ts'
import { createPictureSection } from './export/picture.ts'
import { createViewSection } from './export/saveView.ts'
import { createSection, type Section, type Tools } from './export/section.ts'
import { linkTo } from './link.ts'

function createLinkSection(control: Control): Section {
  const link = element('input', { type: 'text', readonly: true, 'aria-label': 'Link to this view' })
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(link.value)
      section.tell('The link is copied.')
    } catch {
      link.select()
      section.tell('The browser does not let this page copy. The link is selected: copy it from the field.')
    }
  }
  const section = createSection(
    'Link',
    element(
      'p',
      { class: 'small muted' },
      'The link holds the lab, all its parameters, the seed, the step of the story or of the lesson, and your switches and cameras.',
    ),
    element(
      'div',
      { class: 'dialog-row' },
      link,
      button('Copy link', () => void copy()),
    ),
  )
  return {
    element: section.element,
    onOpen: () => {
      link.value = linkTo(control.address())
      section.tell('')
    },
  }
}

export function createShareDialog(page: Omit<Tools, 'close'>): Dialog {
  const tools: Tools = { ...page, close: () => dialog.element.close() }
  const sections: readonly Section[] = [
    createLinkSection(page.control),
    createPictureSection(tools),
    createDataSection(tools),
    createViewSection(tools),
    createEmbedSection(tools),
  ]
  const dialog = createDialog(
    'Share and export',
    sections.map((section) => section.element),
    {
      onOpen: () => {
        for (const section of sections) section.onOpen?.()
      },
    },
  )
  return dialog
}
