/** The draft of a lesson, kept in the browser. */
import { keepText, keptText } from '../kept.ts'

const key = 'natlab.lesson'

export const keptDraft = (): string | null => keptText(key)

/** False where the browser keeps nothing. */
export const keepDraft = (text: string): boolean => keepText(key, text)
