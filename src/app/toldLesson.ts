/** The parts of the control that are about lessons: the one that an address names, and the one that was left. */
import { codeOf, sentence } from '../faults.ts'
import { loadPart } from '../part.ts'
import { type ParsedAddress, parseAddress } from './address.ts'
import type { Notice, Notices } from './notices.ts'
import { partNotice } from './parts.ts'
import type { State } from './state.ts'

/** The code for lessons comes with the first one, or with its dialog. */
const loadLessons = () => loadPart('The code for lessons', () => import('./lesson/index.ts'))

/**
 * Reads the lesson that an address names. The address counts without it where it cannot be read. `again` is called where
 * the user asks once more for code that did not arrive.
 */
export async function withLesson(
  address: ParsedAddress,
  state: State,
  notices: Notices,
  again: () => void,
): Promise<ParsedAddress> {
  if (!address.unread) return address
  const { code, text } = address.unread
  const told = state.lesson.peek()
  const file = state.file.peek()
  try {
    const { lesson, refused } =
      told?.code === code
        ? { lesson: told, refused: [] }
        : await (await loadLessons()).readLesson(code, state.labs, file)
    const read = parseAddress(text, state.labs, file, lesson)
    return { ...read, refused: [...refused, ...read.refused] }
  } catch (thrown) {
    const fault = thrown as Error
    if (codeOf(fault) !== 'part')
      return { ...address, refused: [`lesson: ${sentence(fault.message)}`, ...address.refused] }
    void partNotice(fault, again).then(notices.show)
    return address
  }
}

/** A lab that is opened by its tab, or by a script, is beside the lesson. */
export function tellLeft(notices: Notices, back: () => void): void {
  const notice: Notice = {
    kind: 'information',
    topic: 'lesson',
    title: 'The lesson waits where you left it.',
    action: {
      label: 'Back to the lesson',
      run() {
        notices.dismiss(notice)
        back()
      },
    },
  }
  notices.show(notice)
}
