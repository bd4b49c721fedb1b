/** A lesson as it is told: its entries as places of a story. */
import type { Lab } from '../../labs/lab.ts'
import type { FileFacts } from '../../labs/parameter.ts'
import { defaults, filled } from '../../labs/validation.ts'
import { type Lesson, placesOf, type StoryPlace, type StoryTexts } from '../state.ts'
import { captionNode } from './caption.ts'
import { type LessonEntry, type LessonPlan, readView } from './plan.ts'

const textsOf = async (markdown: string): Promise<StoryTexts> => ({ caption: await captionNode(markdown) })

function placeOf(entry: LessonEntry, index: number, labs: readonly Lab[], file?: FileFacts): StoryPlace {
  if ('step' in entry) {
    const own = placesOf(labs.find(({ id }) => id === entry.lab)!)[entry.step - 1]
    return { ...own, index }
  }
  if ('text' in entry)
    return {
      index,
      step: { title: entry.title, patch: {}, panels: [] },
      texts: () => textsOf(entry.text),
    }
  const { lab, values, look } = readView(entry.view, labs, file)
  // as in a link, what is not named is as it is by default, whatever was shown before
  const patch = defaults(lab.parameters, filled(lab, values), file)
  const { title, caption, panels = [], sliders, switches } = entry
  return {
    ...{ lab, index, look },
    step: { title, patch, panels, sliders, switches },
    texts: () => textsOf(caption),
  }
}

/** `code` is the lesson's name in the address. */
export function lessonOf(
  { title, entries }: LessonPlan,
  code: string,
  labs: readonly Lab[],
  file?: FileFacts,
): Lesson {
  return { title, code, places: entries.map((entry, index) => placeOf(entry, index, labs, file)) }
}
