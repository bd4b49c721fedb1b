/** The list of a lesson's entries in its dialog: to order, to edit, to time and to remove. */
import type { Lab } from '../../labs/lab.ts'
import { numberOf } from '../../labs/numberText.ts'
import { relevant } from '../../labs/parameter.ts'
import { defaults, filled } from '../../labs/validation.ts'
import { button, element } from '../dom.ts'
import { type LessonEntry, longestText, mostMinutes, readView, type ViewEntry } from './plan.ts'

interface Actions {
  /** A changed text or time; the list stays as it is. */
  replace(index: number, entry: LessonEntry): void
  move(from: number, to: number): void
  remove(index: number): void
  /** Shows the entry on the page. */
  show(index: number): void
}

export interface Surroundings {
  readonly labs: readonly Lab[]
  readonly open: Lab
  /** Ids and titles of the panels of the open lab. */
  readonly panels: readonly (readonly [id: string, title: string])[]
}

const labOf = ({ view }: ViewEntry, labs: readonly Lab[]) =>
  labs.find(({ id }) => id === new URLSearchParams(view).get('lab'))

/** What an entry is called, and what it is. */
export function entryName(entry: LessonEntry, labs: readonly Lab[]): readonly [title: string, kind: string] {
  if ('step' in entry) {
    const lab = labs.find(({ id }) => id === entry.lab)
    return [lab?.story[entry.step - 1]?.title ?? '', `${lab?.title}, step ${entry.step}`]
  }
  const kind = 'text' in entry ? 'Page of text' : `${labOf(entry, labs)?.title}, your view`
  return [entry.title, kind]
}

/** Ids and labels of the parameters that play a part in a view. */
function relevantTo(lab: Lab, { view, sliders = [] }: ViewEntry) {
  const { values } = readView(view, [lab])
  const playing = relevant(lab.parameters, defaults(lab.parameters, filled(lab, values)))
  return lab.parameters
    .filter(({ id }) => id in playing || sliders.includes(id))
    .map(({ id, label }) => [id, label] as const)
}

/** Boxes for ids that are chosen. */
function boxes(
  legend: string,
  hint: string,
  all: readonly (readonly [id: string, title: string])[],
  chosen: readonly string[],
  choose: (ids: readonly string[]) => void,
): HTMLElement {
  const inputs = all.map(([id]) =>
    element('input', { type: 'checkbox', value: id, checked: chosen.includes(id) }),
  )
  const follow = () => choose(inputs.filter(({ checked }) => checked).map(({ value }) => value))
  return element(
    'fieldset',
    { class: 'lesson-boxes', onchange: follow },
    element('legend', {}, `${legend} (${hint})`),
    ...all.map(([, title], index) => element('label', {}, inputs[index], title)),
  )
}

function editor(
  index: number,
  entry: Exclude<LessonEntry, { step: number }>,
  around: Surroundings,
  put: (change: Partial<ViewEntry> & { readonly text?: string }) => void,
  retitle: (title: string) => void,
): HTMLElement {
  const title = element('input', {
    type: 'text',
    maxlength: 200,
    value: entry.title,
    oninput: () => {
      put({ title: title.value })
      retitle(title.value)
    },
  })
  const isPage = 'text' in entry
  const text = element('textarea', {
    rows: 4,
    maxlength: longestText,
    oninput: () => put(isPage ? { text: text.value } : { caption: text.value }),
  })
  text.value = isPage ? entry.text : entry.caption
  const lab = isPage ? undefined : labOf(entry, around.labs)
  return element(
    'div',
    { class: 'lesson-editor', id: `lesson-editor-${index}` },
    element('label', {}, 'Title', title),
    element('label', {}, isPage ? 'Text' : 'Caption', text),
    element(
      'p',
      { class: 'small muted' },
      'An empty line begins a paragraph. **bold**, *italic*, `code`, “- ” for a list, and formulas as $x^2$. In a caption {{loss}} is ' +
        'that number of the lab as it is now; the page of the lab in the documentation has the names.',
    ),
    !isPage &&
      lab === around.open &&
      boxes('Pictures to light', 'none lights all', around.panels, entry.panels ?? [], (panels) =>
        put({ panels }),
      ),
    !isPage &&
      lab &&
      element(
        'details',
        { open: (entry.sliders ?? []).length > 0 },
        element('summary', {}, 'Large sliders while presenting'),
        boxes('Sliders', 'up to three have room', relevantTo(lab, entry), entry.sliders ?? [], (sliders) =>
          put({ sliders }),
        ),
      ),
  )
}

function row(
  index: number,
  first: LessonEntry,
  count: number,
  around: Surroundings,
  open: Set<number>,
  actions: Actions,
): HTMLElement {
  let entry = first
  const [named, kind] = entryName(entry, around.labs)
  const title = element('strong', {}, named || 'Without a title')
  const put = (change: object) => {
    entry = { ...entry, ...change }
    actions.replace(index, entry)
  }
  const minutes = element('input', {
    type: 'text',
    inputmode: 'decimal',
    class: 'lesson-minutes',
    'aria-label': `Minutes for entry ${index + 1}`,
    value: entry.minutes ?? '',
    onchange: () => {
      const typed = numberOf(minutes.value, (value) => value >= 0 && value <= mostMinutes)
      put({
        minutes: typeof typed === 'number' && Number.isFinite(typed) && minutes.value ? typed : undefined,
      })
      minutes.value = String(entry.minutes ?? '')
    },
  })
  const edit =
    'step' in entry
      ? undefined
      : editor(index, entry, around, put, (text) => title.replaceChildren(text || 'Without a title'))
  if (edit) edit.hidden = !open.has(index)
  const unfold = button(
    'Edit',
    () => {
      edit!.hidden = !edit!.hidden
      if (edit!.hidden) open.delete(index)
      else open.add(index)
      unfold.setAttribute('aria-expanded', String(!edit!.hidden))
    },
    'quiet',
    {
      'aria-expanded': String(open.has(index)),
      'aria-controls': edit?.id,
      'aria-label': `Edit entry ${index + 1}`,
    },
  )
  const small = (sign: string, label: string, name: string, act: () => void, off = false) =>
    button(sign, act, 'quiet', {
      'aria-label': `${label} entry ${index + 1}`,
      title: label,
      'data-act': name,
      disabled: off,
    })
  const handle = element(
    'span',
    { class: 'lesson-handle', draggable: 'true', 'aria-hidden': 'true', title: 'Drag to another place' },
    '⠿',
  )
  handle.addEventListener('dragstart', ({ dataTransfer }) => {
    dataTransfer?.setData('text/plain', '')
    dataTransfer?.setDragImage(item, 0, 0)
    item.classList.add('dragged')
  })
  handle.addEventListener('dragend', () => item.classList.remove('dragged'))
  const item = element(
    'li',
    {
      class: 'lesson-entry',
      'data-index': index,
      onkeydown: (event: KeyboardEvent) => {
        const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
        if (!by || !event.altKey) return
        event.preventDefault()
        actions.move(index, index + by)
      },
    },
    element(
      'div',
      { class: 'lesson-row' },
      handle,
      element('span', { class: 'lesson-number' }, String(index + 1)),
      element('span', { class: 'lesson-name' }, title, element('span', { class: 'small muted' }, kind)),
      element('label', { class: 'small muted' }, minutes, ' min'),
      element(
        'span',
        { class: 'lesson-buttons' },
        small('↑', 'Move up', 'up', () => actions.move(index, index - 1), index === 0),
        small('↓', 'Move down', 'down', () => actions.move(index, index + 1), index === count - 1),
        edit && unfold,
        small('Show', 'Show', 'show', () => actions.show(index)),
        small('✕', 'Remove', 'remove', () => actions.remove(index)),
      ),
    ),
    edit,
  )
  return item
}

/** Entries whose number is in `open` are unfolded; the list keeps it. */
export function createEntries(
  entries: readonly LessonEntry[],
  around: Surroundings,
  open: Set<number>,
  actions: Actions,
): HTMLElement {
  const list = element(
    'ol',
    { class: 'lesson-entries', 'aria-label': 'Entries of the lesson' },
    ...entries.map((entry, index) => row(index, entry, entries.length, around, open, actions)),
  )
  /** The entry before which a dragged one would come. */
  const placeAt = (y: number) => {
    const items = [...list.children]
    const after = items.findIndex((item) => {
      const { top, height } = item.getBoundingClientRect()
      return y < top + height / 2
    })
    return after < 0 ? items.length : after
  }
  const dragged = () => list.querySelector<HTMLElement>('.dragged')
  list.addEventListener('dragover', (event) => {
    if (!dragged()) return
    event.preventDefault()
    const place = placeAt(event.clientY)
    for (const [index, item] of [...list.children].entries())
      item.classList.toggle('drop-before', index === place)
  })
  list.addEventListener('drop', (event) => {
    const from = Number(dragged()?.dataset.index ?? Number.NaN)
    if (Number.isNaN(from)) return
    event.preventDefault()
    const place = placeAt(event.clientY)
    actions.move(from, place > from ? place - 1 : place)
  })
  return list
}
