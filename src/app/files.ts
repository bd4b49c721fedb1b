/**
 * A file of the user's own: one that the lab uses, by a button in the panel or dropped on the page; or a lesson or a saved
 * view, dropped.
 */
import { say } from './announcer.ts'
import type { Control } from './control.ts'
import { button, element, setText, watch } from './dom.ts'
import type { Notice, Notices } from './notices.ts'
import type { State } from './state.ts'

const stays = 'It stays on this machine.'

/** The name of a lesson; a browser may have put " (1)" into it. */
const lesson = /\.natlab\b.*\.json$/i
/** The name of a saved view, and of data, which are told from it by their contents. */
const view = /^natlab-.*\.json$/i

/** The only file of a drop. A folder, several files or anything else is refused here; the lab checks the contents. */
function onlyFile({ items, files }: DataTransfer): File {
  if (files.length === 0) throw new Error('That was not a file.')
  if (files.length > 1) throw new Error(`${files.length} files were dropped: drop one.`)
  if (items[0]?.webkitGetAsEntry()?.isDirectory) throw new Error('That was a folder. Drop one file.')
  return files[0]
}

/** Creates the part of the panel, and the hint that is shown while a file is dragged over the page. */
export function createFiles(
  state: State,
  control: Control,
  notices: Notices,
  takers: { readonly lesson: (file: File) => void; readonly view: (file: File) => void },
) {
  let refusal: Notice | undefined
  const status = element('p', { class: 'small' })
  const tell = (text: string) => {
    setText(status, text)
    say(text)
  }
  const refuse = (title: string, fault: unknown) => {
    refusal = { kind: 'error', topic: 'file', title, lines: [(fault as Error).message] }
    notices.show(refusal)
    setText(status, '')
  }

  async function take(file: File): Promise<void> {
    if (refusal) notices.dismiss(refusal)
    tell(`Reading “${file.name}”…`)
    try {
      await control.takeFile(file)
      const facts = state.file.peek()
      const told = facts && state.lab.peek().file?.told?.(state.values.peek(), facts)
      tell(`“${file.name}” is read${told ? `: ${told}` : ''}.`)
    } catch (fault) {
      refuse(`“${file.name}” cannot be used.`, fault)
    }
  }

  const input = element('input', {
    type: 'file',
    hidden: true,
    onchange: () => {
      const file = input.files?.[0]
      if (file) void take(file)
      // the same file may be chosen again
      input.value = ''
    },
  })
  const note = element(
    'p',
    { class: 'small muted', id: 'file-note' },
    `Or drop a file anywhere on the page. ${stays}`,
  )
  const choose = button('', () => input.click(), '', { 'aria-describedby': note.id })
  const section = element('div', { class: 'panel-section' }, choose, input, note, status)
  watch(() => {
    const { file } = state.lab.value
    setText(choose, file?.label ?? '')
    input.accept = file?.accept ?? ''
    setText(status, '')
  })
  watch(() => {
    const { file, id } = state.lab.value
    section.hidden = file?.lab !== id
  })

  const hint = element('div', { class: 'drop-hint', hidden: true, 'aria-hidden': 'true' })
  const hide = () => {
    hint.hidden = true
  }
  // a link or a selection of this page that the user drags is not meant as a file for the page
  let ownDrag = false
  addEventListener('dragstart', () => {
    ownDrag = true
  })
  addEventListener('dragend', () => {
    ownDrag = false
    hide()
  })
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) hide()
  })
  /** Whether the drag comes from outside and is no text for a field. */
  const comes = ({ dataTransfer, target }: DragEvent) =>
    dataTransfer !== null &&
    (dataTransfer.types.includes('Files') || !(ownDrag || target instanceof HTMLInputElement))
  addEventListener('dragover', (event) => {
    if (!comes(event)) return
    // without this the browser would open the file in place of the page
    event.preventDefault()
    const { file } = state.lab.peek()
    event.dataTransfer!.dropEffect = 'copy'
    setText(
      hint,
      file
        ? `Drop one file here. ${stays}`
        : 'Drop a lesson or a saved view here. This lab works with no other file.',
    )
    hint.hidden = false
  })
  addEventListener('drop', (event) => {
    hide()
    if (!comes(event)) return
    event.preventDefault()
    try {
      const file = onlyFile(event.dataTransfer!)
      if (lesson.test(file.name)) takers.lesson(file)
      else if (view.test(file.name)) takers.view(file)
      else void take(file)
    } catch (fault) {
      refuse('Nothing was read.', fault)
    }
  })
  return { section, hint }
}
