/** Opens a saved view: the same lab, values, step of the story and pictures, with the run at the same step. */
import { effect } from '@preact/signals-core'
import { count } from '../../count.ts'
import { sentence } from '../../faults.ts'
import { type ParsedAddress, parseAddress } from '../address.ts'
import type { Control } from '../control.ts'
import type { Notices } from '../notices.ts'
import { openQuestion, type State } from '../state.ts'
import { toJson } from './csv.ts'
import { readSavedView, type SavedView } from './view.ts'

/** The address that the view names. Throws where the page does not permit a part of it. */
async function addressOf({ view }: SavedView, state: State): Promise<ParsedAddress> {
  const hash = `#${new URLSearchParams(view)}`
  const file = state.file.peek()
  const { unread, ...address } = parseAddress(hash, state.labs, file)
  const whole: ParsedAddress = unread ? await withItsLesson(hash, unread.code, state) : address
  if (whole.refused.length > 0) throw new Error(whole.refused.join(' '))
  return whole
}

async function withItsLesson(hash: string, code: string, state: State): Promise<ParsedAddress> {
  const { readLesson } = await import('../lesson/index.ts')
  const { lesson, refused } = await readLesson(code, state.labs, state.file.peek())
  const address = parseAddress(hash, state.labs, state.file.peek(), lesson)
  return { ...address, refused: [...refused, ...address.refused] }
}

/** A text of the user's own has to be there before the run that uses it. */
async function takeOwnFile({ file, view }: SavedView, state: State, control: Control): Promise<void> {
  if (!file) return
  const lab = state.labs.find(({ id }) => id === view.lab)
  if (!lab?.file) throw new Error(`the lab ${view.lab} works with no file`)
  await control.open(lab, { values: {}, play: false })
  await control.takeFile(new File([file.text], file.name, { type: 'text/plain' }))
}

/** Milliseconds without a newer frame, after which no more numbers of a step are waited for. */
const rest = 3000

/** Resolves with the names of the numbers that are not as they were, once all are there or no more come. */
function compared(saved: SavedView, state: State): Promise<readonly string[]> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const finish = (others: readonly string[]) => {
      clearTimeout(timer)
      // it may not exist yet
      queueMicrotask(() => stop())
      resolve(others)
    }
    const stop = effect(() => {
      const frame = state.frames.shown.value
      clearTimeout(timer)
      if (!frame?.ready || frame.step !== saved.step) return
      const others = differing(saved.metrics, frame.metrics)
      // some numbers are computed beside the run, and come later
      if (others.length === 0) finish(others)
      else timer = setTimeout(() => finish(others), rest)
    })
  })
}

/** Names of the numbers that are not as they were; times and speeds never are. */
const differing = (saved: SavedView['metrics'], now: SavedView['metrics']) =>
  Object.keys(saved).filter(
    (id) => !/milliseconds$|PerSecond$/i.test(id) && toJson(saved[id]) !== toJson(now[id]),
  )

/** Opens the file. Where that fails, the page is as it was, and the fault says why. Returns what to tell. */
export async function openView(file: Blob, state: State, control: Control): Promise<string> {
  if (state.lock.peek().length > 0) throw new Error('the link to this page is locked')
  const saved = await readSavedView(file)
  // before anything changes, as far as it can be judged without the own text
  if (!saved.file) await addressOf(saved, state)
  const before = control.address()
  const beforeStep = state.frames.shown.peek()?.step ?? 0
  try {
    await takeOwnFile(saved, state, control)
    return await show(saved, await addressOf(saved, state), state, control)
  } catch (fault) {
    await control.apply(parseAddress(before, state.labs, state.file.peek()), true)
    await control.run(beforeStep)
    throw fault
  }
}

async function show(
  saved: SavedView,
  address: ParsedAddress,
  state: State,
  control: Control,
): Promise<string> {
  await control.apply(address, true)
  if (saved.answered && openQuestion(state)) control.answer(false)
  await control.run(saved.step)
  const others = await compared(saved, state)
  const where = `The view is open again, at step ${count(saved.step)}`
  if (others.length === 0) return `${where}, with the same numbers.`
  return `${where}. ${others.length} of its numbers are others than when it was saved (${others.slice(0, 4).join(', ')}${others.length > 4 ? ', …' : ''}): another backend computes them, or a value was changed while the run went on.`
}

/** Opens the file, and tells on the page what came of it. */
export async function tellOpened(
  file: File,
  state: State,
  control: Control,
  notices: Notices,
): Promise<void> {
  const topic = 'saved view'
  notices.show({ kind: 'information', topic, title: `“${file.name}” is being opened…` })
  try {
    const title = await openView(file, state, control)
    notices.show({ kind: 'information', topic, title })
  } catch (fault) {
    const lines = [`${sentence((fault as Error).message)} The page is as it was.`]
    notices.show({ kind: 'error', topic, title: `“${file.name}” cannot be opened.`, lines })
  }
}
