/** A story on paper: its steps with their pictures, and the browser's print. */
import './handout.css'
import { sentence } from '../../../faults.ts'
import { applyPalette } from '../../../stage/forcedColours.ts'
import { button, element, setText } from '../../dom.ts'
import { aboutNow, backendText } from '../about.ts'
import { createSection, type Section, type Tools } from '../section.ts'
import { createPages } from './pages.ts'
import { walkStory } from './walk.ts'

/** Shows the pages over the page of the lab; resolves when they are closed. */
async function show(tools: Tools): Promise<void> {
  const { control, state } = tools
  control.setPlaying(false)
  const aborted = new AbortController()
  const bar = element('progress', { 'aria-label': 'Steps of the story' })
  const text = element('span', { role: 'status' }, 'The steps are computed…')
  const print = button('Print', () => window.print(), 'primary', { disabled: true })
  const pages = element('div')
  const leave = button('Cancel', () => close())
  const handout = element(
    'div',
    { class: 'handout', role: 'dialog', 'aria-modal': 'true', 'aria-label': 'Handout' },
    element('div', { class: 'handout-bar' }, text, bar, print, leave),
    pages,
  )
  // paper is light, whatever the page is
  applyPalette(handout, 'projector')
  const page = document.getElementById('app')!
  let urls: readonly string[] = []
  function close(): void {
    aborted.abort(new DOMException('The handout was cancelled.', 'AbortError'))
    for (const url of urls) URL.revokeObjectURL(url)
    handout.remove()
    page.inert = false
  }
  handout.addEventListener('keydown', (event) => {
    event.stopPropagation()
    if (event.key === 'Escape') close()
  })
  page.inert = true
  document.body.append(handout)
  leave.focus()
  try {
    const lesson = state.lesson.peek()
    const title = lesson?.title ?? state.lab.peek().title
    const told = await walkStory(tools, aborted.signal, ({ step, steps, what }) => {
      bar.max = steps
      bar.value = step - 1
      setText(text, `Step ${step} of ${steps}: ${what}…`)
    })
    const about = aboutNow(state)
    const source = `natlab ${about.natlab} · computed on ${backendText(about)} · ${location.origin}${location.pathname}#lab=${about.lab}`
    const made = createPages(told, title, source)
    urls = made.urls
    pages.replaceWith(made.node)
    await Promise.all(
      [...made.node.querySelectorAll('img')].map((image) => image.decode().catch(() => undefined)),
    )
    bar.remove()
    setText(text, `${made.node.childElementCount} sheets. “Print” also makes a PDF.`)
    setText(leave, 'Close')
    print.disabled = false
    print.focus()
  } catch (fault) {
    if (aborted.signal.aborted) return
    bar.remove()
    setText(text, `The handout could not be made: ${sentence((fault as Error).message)}`)
    setText(leave, 'Close')
  }
}

export function createHandoutSection(tools: Tools): Section {
  const section = createSection(
    'Handout',
    element(
      'p',
      { class: 'small muted' },
      'Every step of this story on a sheet: picture, caption, question. The right answers are on the last sheet. The steps are computed anew, beside your run; long trainings take their time.',
    ),
    element(
      'div',
      { class: 'dialog-row' },
      button('Handout (print)', () => {
        tools.close()
        void show(tools)
      }),
    ),
  )
  return { element: section.element, onOpen: () => section.tell('') }
}
