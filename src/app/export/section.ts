/** A group of the dialog: a title, what it does, and a line that says what has happened. */
import { sentence } from '../../faults.ts'
import type { Stage } from '../../stage/contract.ts'
import type { Control } from '../control.ts'
import { element, setText } from '../dom.ts'
import type { Engine } from '../engine.ts'
import type { Notices } from '../notices.ts'
import type { StageModule } from '../stageHost.ts'
import type { State } from '../state.ts'

/** What the groups need of the page. */
export interface Tools {
  readonly state: State
  readonly control: Control
  readonly notices: Notices
  /** Null where nothing is drawn. */
  readonly stage: () => Stage | null
  /** Draws the frame that the page shows. */
  readonly drawNow: () => void
  /** Another engine and another stage, for what is computed and drawn beside the page. */
  readonly createEngine: () => Engine & { dispose?(): void }
  readonly loadStage: () => Promise<StageModule>
  /** Closes the dialog. */
  readonly close: () => void
}

export interface Section {
  readonly element: HTMLElement
  /** The dialog opens. */
  readonly onOpen?: () => void
}

export function createSection(title: string, ...content: readonly (Node | string)[]) {
  const id = `share-${title.toLowerCase().replaceAll(/\W+/g, '-')}`
  const status = element('p', { role: 'status', class: 'small' })
  return {
    element: element(
      'section',
      { class: 'share-section', 'aria-labelledby': id },
      element('h3', { id }, title),
      ...content,
      status,
    ),
    tell: (text: string) => setText(status, text),
    /** Tells what begins, then what has come of it. */
    async during(begins: string, work: () => Promise<string>, what: string): Promise<void> {
      setText(status, begins)
      try {
        setText(status, await work())
      } catch (fault) {
        setText(status, `${what} could not be made: ${sentence((fault as Error).message)}`)
      }
    },
  }
}

/** Copies the text of a field, and returns what to tell. Where the browser forbids it, the text is selected. */
export async function copied(field: HTMLInputElement | HTMLTextAreaElement, what: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(field.value)
    return `The ${what} is copied.`
  } catch {
    field.select()
    return `The browser does not let this page copy. The ${what} is selected: copy it from the field.`
  }
}

export function stageOf({ stage }: Pick<Tools, 'stage'>): Stage {
  const drawn = stage()
  if (!drawn) throw new Error('nothing is drawn on this page')
  return drawn
}

/** A list to choose from, with its name. */
export function choice(label: string, options: readonly (readonly [value: string, text: string])[]) {
  const select = element('select', {})
  const fill = (wanted: typeof options) => {
    const before = select.value
    select.replaceChildren(...wanted.map(([value, text]) => element('option', { value }, text)))
    if (wanted.some(([value]) => value === before)) select.value = before
  }
  fill(options)
  return { select, fill, element: element('label', { class: 'share-choice' }, label, select) }
}
