/** What the page asks of lessons: to read the one that an address names, and the dialog in which one is made. */
export { createLessonDialog } from './dialog.ts'
export { readLesson } from './reading.ts'
