/** The group of the dialog that saves the whole view as a file, and opens such a file. */
import { button, element } from '../dom.ts'
import { encode } from '../lesson/code.ts'
import { keptDraft } from '../lesson/draft.ts'
import { draftCode } from '../lesson/reading.ts'
import { download } from '../link.ts'
import { linkHash } from '../links/hash.ts'
import { openQuestion, toldPlace } from '../state.ts'
import { aboutNow, fileName } from './about.ts'
import { toJson } from './csv.ts'
import { tellOpened } from './openView.ts'
import { createSection, type Section, type Tools } from './section.ts'
import { type SavedView, viewVersion } from './view.ts'

export function createViewSection(tools: Tools): Section {
  const { state, control, notices } = tools
  const withText = element('input', { type: 'checkbox' })
  withText.checked = true
  const textRow = element('label', { class: 'share-choice' }, withText, element('span'))

  /** The text of the user's own that the open lab may use. */
  const ownFile = () => (state.lab.peek().file?.lab === state.lab.peek().id ? control.ownFile() : undefined)

  async function viewNow(): Promise<SavedView> {
    const about = aboutNow(state)
    const view = Object.fromEntries(
      new URLSearchParams(linkHash(state, { short: false, lock: state.lock.peek() }).slice(1)),
    )
    // the browser that has the draft may be another one
    if (view.lesson === draftCode) view.lesson = await encode(keptDraft() ?? '')
    const own = withText.checked ? ownFile() : undefined
    return {
      ...{ natlab: 'view', version: viewVersion, page: about.natlab, view, step: about.step ?? 0 },
      answered: state.answered.peek() === toldPlace(state)?.step && openQuestion(state) === undefined,
      metrics: about.metrics,
      ...(own && { file: { name: own.name, text: await own.text() } }),
    }
  }

  async function save(): Promise<string> {
    const view = await viewNow()
    const blob = new Blob([toJson(view)], { type: 'application/json' })
    download(blob, fileName(aboutNow(state), 'view', 'json'))
    const text = view.file ? ` Your text “${view.file.name}” is in it.` : ''
    return `The view is saved.${text}`
  }

  const input = element('input', {
    type: 'file',
    accept: '.json',
    hidden: true,
    'aria-label': 'A saved view',
    onchange: () => {
      const file = input.files?.[0]
      // the same file may be chosen again
      input.value = ''
      if (!file) return
      tools.close()
      void tellOpened(file, state, control, notices)
    },
  })
  const section = createSection(
    'File',
    element(
      'p',
      { class: 'small muted' },
      'The whole view: lab, values, step of the story, switches and cameras, and the step of the run. Opened again, natlab computes to the same step. Or drop the file on the page.',
    ),
    element(
      'div',
      { class: 'dialog-row' },
      button('Save this view', () => void section.during('The file is being made…', save, 'The file')),
      button('Open a saved view…', () => input.click()),
      input,
      textRow,
    ),
  )
  return {
    element: section.element,
    onOpen: () => {
      const own = ownFile()
      textRow.hidden = !own
      textRow.lastElementChild!.textContent = `with my text “${own?.name}”`
      section.tell('')
    },
  }
}
