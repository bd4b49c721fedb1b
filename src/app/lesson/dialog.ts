/** The dialog in which a lesson is made, kept and begun. */
import './lesson.css'
import { count, counted } from '../../count.ts'
import { sentence } from '../../faults.ts'
import type { Control } from '../control.ts'
import { createDialog, type Dialog } from '../dialog.ts'
import { button, element, setText } from '../dom.ts'
import { download, linkTo } from '../link.ts'
import { keptStep, type State, toldPlace, uncoveredSwitches } from '../state.ts'
import { builtIn } from './builtIn.ts'
import { encode, longestCode } from './code.ts'
import { keepDraft, keptDraft } from './draft.ts'
import { createEntries, entryName } from './entries.ts'
import { lessonOf } from './places.ts'
import {
  type LessonEntry,
  type LessonPlan,
  mostEntries,
  planMinutes,
  planText,
  readPlan,
  viewText,
} from './plan.ts'
import { draftCode, planOf } from './reading.ts'

const none: LessonPlan = { title: '', entries: [] }
const untitled = 'A lesson'

/** A file larger than this is no lesson. */
const largestFile = 4_000_000

/** "7 minutes" */
const minutesText = (minutes: number) =>
  `${Number(minutes.toFixed(1))} ${minutes === 1 ? 'minute' : 'minutes'}`

/** `dropped` gives the file that was dropped on the page, once. */
export function createLessonDialog(
  state: State,
  control: Control,
  panels: () => readonly (readonly [id: string, title: string])[],
  dropped: () => File | undefined,
): Dialog {
  const { labs } = state
  let plan = none
  /** The lesson before an entry was removed or another lesson came, and what was done then. */
  let before: { readonly plan: LessonPlan; readonly what: string } | undefined
  const unfolded = new Set<number>()

  const status = element('p', { role: 'status', class: 'small' })
  const title = element('input', {
    type: 'text',
    maxlength: 200,
    placeholder: untitled,
    oninput: () => keep({ ...plan, title: title.value }),
  })
  const sum = element('p', { class: 'lesson-sum' })
  const list = element('div')
  const addView = button('Add this view', () => add(viewNow()))
  const addStep = button('Add this step', () => add(stepNow()!))
  const undo = button('', () => {
    if (!before) return
    const { plan } = before
    before = undefined
    change(plan)
    tell('It is as it was before.')
  })
  const edit = button('Edit the lesson that is told', () => void editTold(), 'quiet')
  const begin = button('Present', () => void tellFrom(0, true), 'primary')
  const walk = button('Go through it on the page', () => void tellFrom(0, false))
  const link = button('Copy its link', () => void copyLink())
  const save = button('Save as a file', saveFile)
  const input = element('input', {
    type: 'file',
    accept: '.json',
    hidden: true,
    onchange: () => {
      const file = input.files?.[0]
      if (file) void take(file)
      // the same file may be chosen again
      input.value = ''
    },
  })

  /** The lesson as it is passed on. */
  const named = (): LessonPlan => ({ ...plan, title: plan.title || untitled })

  function tell(text: string): void {
    setText(status, text)
  }

  /** The step of a lab's own story that is shown. */
  function stepNow(): LessonEntry | undefined {
    const step = toldPlace(state)?.step
    const index = step ? state.lab.peek().story.indexOf(step) : -1
    return index < 0 ? undefined : { lab: state.lab.peek().id, step: index + 1 }
  }

  function viewNow(): LessonEntry {
    const lab = state.lab.peek()
    const view = viewText({ lab, values: state.values.peek(), look: state.look.peek() })
    const switches = { ...keptStep(state)?.switches, ...uncoveredSwitches(state) }
    const lit = state.story.peek() === null ? [] : toldPlace(state)?.step.panels
    return {
      ...{ title: `${lab.title}: a view`, caption: '', view },
      ...(lit && lit.length > 0 && { panels: lit }),
      ...(Object.keys(switches).length > 0 && { switches }),
    }
  }

  function keep(next: LessonPlan): void {
    plan = next
    if (!keepDraft(planText(plan)))
      tell('This browser keeps nothing: save the lesson as a file before you leave.')
    showSum()
  }

  function showSum(): void {
    const minutes = planMinutes(plan)
    const length = plan.entries.length
    setText(sum, `${counted(length, 'entry', 'entries')}, ${minutesText(minutes)}`)
    sum.classList.toggle('muted', length === 0)
  }

  function change(next: LessonPlan): void {
    keep(next)
    render()
  }

  function replaceBy(next: LessonPlan, what: string): void {
    if (plan.entries.length > 0) before = { plan, what }
    unfolded.clear()
    change(next)
  }

  function add(entry: LessonEntry): void {
    if (plan.entries.length >= mostEntries) {
      tell(`A lesson has at most ${mostEntries} entries.`)
      return
    }
    const index = plan.entries.length
    if (!('step' in entry)) unfolded.add(index)
    change({ ...plan, entries: [...plan.entries, entry] })
    tell(`Entry ${index + 1} is added.`)
    const row = list.querySelector(`[data-index="${index}"]`)
    row?.scrollIntoView({ block: 'nearest' })
    const field = row?.querySelector<HTMLInputElement>('.lesson-editor input')
    field?.focus()
    field?.select()
  }

  const actions = {
    replace(index: number, entry: LessonEntry) {
      keep({ ...plan, entries: plan.entries.with(index, entry) })
    },
    move(from: number, to: number) {
      if (to < 0 || to >= plan.entries.length || to === from) return
      const entries = [...plan.entries]
      entries.splice(to, 0, ...entries.splice(from, 1))
      unfolded.clear()
      // the focus goes with the entry
      const act = (document.activeElement as HTMLElement | null)?.dataset.act ?? 'up'
      change({ ...plan, entries })
      const row = list.querySelector(`[data-index="${to}"]`)
      const buttons = [act, 'up', 'down'].map((name) =>
        row?.querySelector<HTMLButtonElement>(`[data-act=${name}]:enabled`),
      )
      buttons.find((one) => one)?.focus()
      tell(`Entry ${from + 1} is now entry ${to + 1}.`)
    },
    remove(index: number) {
      const [name] = entryName(plan.entries[index], labs)
      before = { plan, what: `Undo: bring back “${name || 'without a title'}”` }
      unfolded.clear()
      change({ ...plan, entries: plan.entries.filter((_, at) => at !== index) })
      undo.focus()
      tell(`Entry ${index + 1} is removed.`)
    },
    show: (index: number) => void tellFrom(index, false),
  }

  function render(): void {
    title.value = plan.title
    showSum()
    const empty = plan.entries.length === 0
    const around = { labs, open: state.lab.peek(), panels: panels() }
    list.replaceChildren(
      empty
        ? element(
            'p',
            { class: 'lesson-empty' },
            'The lesson is empty. Set the page as you want to show it, then press “Add this view”; or go to a step of a ' +
              'story and press “Add this step”; or begin with one of the lessons below.',
          )
        : createEntries(plan.entries, around, unfolded, actions),
    )
    for (const one of [begin, walk, link, save]) one.disabled = empty
    undo.hidden = before === undefined
    setText(undo, before?.what ?? '')
    addStep.disabled = stepNow() === undefined
    edit.hidden = state.lesson.peek() === null
  }

  /** The lesson's name in an address, and what the user has to know of it. */
  async function code(): Promise<{ readonly code: string; readonly long?: string }> {
    const text = planText(named())
    const code = await encode(text)
    if (code.length <= longestCode) return { code }
    keepDraft(text)
    return {
      code: draftCode,
      long: `The lesson is too long for a link: it has ${count(code.length)} letters, and a link carries ${count(longestCode)}. Save it as a file.`,
    }
  }

  async function tellFrom(index: number, present: boolean): Promise<void> {
    try {
      const { code: name } = await code()
      dialog.element.close()
      control.tell(lessonOf(named(), name, labs, state.file.peek()), index)
      if (present) control.setPresent(true)
    } catch (fault) {
      tell(`The lesson cannot be begun: ${sentence((fault as Error).message)}`)
    }
  }

  async function copyLink(): Promise<void> {
    const { code: name, long } = await code()
    if (long) {
      save.focus()
      return tell(long)
    }
    const address = linkTo(`#lesson=${name}&at=1`)
    try {
      await navigator.clipboard.writeText(address)
      tell('The link is copied.')
    } catch {
      tell(`The browser does not let this page copy. The link: ${address}`)
    }
  }

  function saveFile(): void {
    const name = named()
      .title.toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .slice(0, 60)
    const text = planText(named(), 2)
    download(new Blob([text], { type: 'application/json' }), `${name}.natlab.json`)
    tell('The file is saved.')
  }

  async function take(file: File): Promise<void> {
    try {
      if (file.size > largestFile) throw new Error('It is too large for a lesson.')
      const read = readPlan(await file.text(), labs, state.file.peek())
      replaceBy(read.plan, 'Undo: back to the lesson before')
      tell([`“${file.name}” is open.`, ...read.refused].join(' '))
    } catch (fault) {
      tell(`“${file.name}” cannot be opened. ${sentence((fault as Error).message)} Your lesson is as it was.`)
    }
  }

  async function editTold(): Promise<void> {
    const told = state.lesson.peek()
    if (!told) return
    try {
      const { plan: read } = await planOf(told.code, labs, state.file.peek())
      replaceBy(read, 'Undo: back to the lesson before')
      tell('This is the lesson that is told.')
    } catch (fault) {
      tell(sentence((fault as Error).message))
    }
  }

  const content = [
    element('label', { class: 'lesson-title' }, 'Title of the lesson', title),
    element(
      'div',
      { class: 'dialog-row' },
      addView,
      addStep,
      button('Add a page of text', () => add({ title: 'A page', text: '' })),
      sum,
    ),
    list,
    element(
      'div',
      { class: 'lesson-actions' },
      element('div', { class: 'dialog-row' }, begin, walk, link, save, undo),
      status,
    ),
    element(
      'div',
      { class: 'dialog-row lesson-others' },
      element('span', { class: 'small muted' }, 'Another lesson:'),
      button('Open a file…', () => input.click(), 'quiet'),
      input,
      ...Object.values(builtIn).map((one) =>
        button(
          one.title,
          () => {
            replaceBy(one, 'Undo: back to the lesson before')
            tell('You can change it, or begin at once.')
          },
          'quiet',
        ),
      ),
      edit,
    ),
    element(
      'p',
      { class: 'small muted' },
      'To move an entry, drag its handle, or press Alt with ↑ or ↓. The lesson is kept in this browser. To pass it on, copy its link or save it as a file; a file can be dropped on the page.',
    ),
  ]
  const dialog = createDialog('Lesson', content, {
    onOpen() {
      tell('')
      if (plan === none) plan = draft()
      render()
    },
  })

  function draft(): LessonPlan {
    const text = keptDraft()
    if (text === null) return none
    try {
      const read = readPlan(text, labs, state.file.peek())
      tell(read.refused.join(' '))
      return read.plan
    } catch (fault) {
      tell(`The lesson that this browser has kept cannot be read. ${sentence((fault as Error).message)}`)
      return none
    }
  }

  return {
    element: dialog.element,
    open() {
      dialog.open()
      const file = dropped()
      if (file) void take(file)
    },
  }
}
