/** Reads the lesson that an address names. */
import type { Lab } from '../../labs/lab.ts'
import type { FileFacts } from '../../labs/parameter.ts'
import type { Lesson } from '../state.ts'
import { builtIn } from './builtIn.ts'
import { decode } from './code.ts'
import { keptDraft } from './draft.ts'
import { lessonOf } from './places.ts'
import { type ReadPlan, readPlan } from './plan.ts'

/** The name of a lesson that is too long for an address: this browser has it. */
export const draftCode = 'draft'

async function textOf(code: string): Promise<string> {
  if (code !== draftCode) return decode(code)
  const text = keptDraft()
  if (text !== null) return text
  throw new Error('The lesson is not in this browser, and too long for a link. Open its file.')
}

/** The lesson that an address names, as it is kept. Throws a sentence where there is none. */
export async function planOf(code: string, labs: readonly Lab[], file?: FileFacts): Promise<ReadPlan> {
  if (Object.hasOwn(builtIn, code)) return { plan: builtIn[code], refused: [] }
  const read = readPlan(await textOf(code), labs, file)
  if (read.plan.entries.length === 0) throw new Error('The lesson has no entry.')
  return read
}

/** The same as it is told. */
export async function readLesson(
  code: string,
  labs: readonly Lab[],
  file?: FileFacts,
): Promise<{ readonly lesson: Lesson; readonly refused: readonly string[] }> {
  const { plan, refused } = await planOf(code, labs, file)
  return { lesson: lessonOf(plan, code, labs, file), refused }
}
