/** Sharing: the link to this view, and what can be taken away from it. Each group is a module of its own. */
import './share.css'
import { createDialog, type Dialog } from './dialog.ts'
import { createEmbedSection } from './embed/code.ts'
import { createDataSection } from './export/data.ts'
import { createHandoutSection } from './export/handout/index.ts'
import { createPictureSection } from './export/picture.ts'
import { createRecordingSection } from './export/recording.ts'
import { createViewSection } from './export/saveView.ts'
import type { Section, Tools } from './export/section.ts'
import { createLinkSection } from './links/section.ts'

export function createShareDialog(page: Omit<Tools, 'close'>): Dialog {
  const tools: Tools = { ...page, close: () => dialog.element.close() }
  const sections: readonly Section[] = [
    createLinkSection(tools),
    createPictureSection(tools),
    createDataSection(tools),
    createRecordingSection(tools),
    createViewSection(tools),
    createHandoutSection(tools),
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
