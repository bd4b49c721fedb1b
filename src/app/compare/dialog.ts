/** The dialog that compares the backends by the time of the same work. */
import './compare.css'
import { count } from '../../count.ts'
import { defaultRepeats } from '../../engine/protocol.ts'
import { codeOf, sentence } from '../../faults.ts'
import { sizeAxes } from '../../labs/sizes.ts'
import { createDialog, type Dialog } from '../dialog.ts'
import { button, element, setText } from '../dom.ts'
import type { Engine } from '../engine.ts'
import { aboutNow } from '../export/about.ts'
import { download } from '../link.ts'
import type { State } from '../state.ts'
import { createAbout } from './about.ts'
import { type Comparison, measure } from './comparison.ts'
import { contestantName } from './names.ts'
import { createResult } from './result.ts'
import { toFile, toMarkdown, toTable } from './saved.ts'
import { readComparison } from './schema.ts'
import { verdict } from './table.ts'
import type { Shown } from './tables.ts'

/** A file larger than this is no comparison. */
const largestFile = 4_000_000
const mostShown = 2
const here = 'measured here'

export function createCompareDialog(state: State, engine: Engine): Dialog {
  let shown: readonly Shown[] = []
  let running = false

  const result = element('div', { class: 'comparison-result' })
  const status = element('p', { role: 'status' })
  const present = element('p', { class: 'small muted' })
  const progress = element('progress', { max: '1', value: '0', 'aria-label': 'Progress of the comparison' })
  const repeats = element(
    'select',
    { 'aria-label': 'Warm runs' },
    ...[3, 5, 10, 20, 50].map((count) =>
      element('option', { value: count, selected: count === defaultRepeats }, `${count} warm runs`),
    ),
  )
  const sizes = element('select', { 'aria-label': 'Sizes' })
  const input = element('input', {
    type: 'file',
    accept: '.json',
    multiple: true,
    hidden: true,
    onchange: () => {
      const files = [...(input.files ?? [])]
      void open(files)
      // the same file may be chosen again
      input.value = ''
    },
  })
  const start = button('Measure', () => void run(), 'primary')
  const cancel = button('Cancel', () => engine.cancelCompare())
  const choose = button('Open a saved comparison…', () => input.click())

  const tell = (text: string) => setText(status, text)

  function showRunning(now: boolean): void {
    running = now
    for (const control of [start, repeats, sizes, choose]) control.disabled = now
    cancel.hidden = !now
    progress.hidden = !now
  }

  function show(next: readonly Shown[]): void {
    shown = next
    result.replaceChildren(
      ...shown.map((one) => createKept(one)),
      ...(shown.length > 0 ? createResult(shown) : []),
    )
  }

  /** A comparison that is shown, and what can be done with it. */
  function createKept(one: Shown): HTMLElement {
    const { comparison } = one
    const name = `natlab-${comparison.lab}-comparison-${comparison.date.slice(0, 10)}`
    const save = (text: string, type: string, extension: string) => {
      download(new Blob([text], { type }), `${name}.${extension}`)
      tell(`“${name}.${extension}” is saved.`)
    }
    const saving =
      one.name === here
        ? [
            button('Copy as Markdown', () => void copy(comparison)),
            button('Save as JSON', () => save(toFile(comparison), 'application/json', 'json')),
            button('Save as CSV', () => save(toTable(comparison), 'text/csv;charset=utf-8', 'csv')),
          ]
        : []
    return element(
      'div',
      { class: 'comparison-shown' },
      element('strong', {}, `${comparison.title}, ${one.name}`),
      ...saving,
      button('Remove', () => remove(one), 'quiet', { 'aria-label': `Remove “${one.name}”` }),
    )
  }

  async function copy(comparison: Comparison): Promise<void> {
    try {
      await navigator.clipboard.writeText(toMarkdown(comparison))
      tell('The comparison is copied.')
    } catch {
      tell('The browser does not let this page copy. Save the comparison as a file.')
    }
  }

  function remove(one: Shown): void {
    show(shown.filter((other) => other !== one))
    tell(`“${one.name}” is removed.`)
    choose.focus()
  }

  /** Opens files beside what is shown. Where one cannot be read, the others are opened, and nothing is lost. */
  async function open(files: readonly File[]): Promise<void> {
    const told: string[] = []
    for (const file of files) {
      const name = `“${file.name}”`
      try {
        if (shown.length >= mostShown) throw new Error('Two comparisons are shown already. Remove one first')
        if (file.size > largestFile)
          throw new Error(`It has ${count(file.size)} bytes, too many for a comparison`)
        const comparison = readComparison(await file.text())
        show([...shown, { name: file.name, comparison }])
        told.push(`${name} is open.`)
      } catch (fault) {
        told.push(`${name} cannot be opened. ${sentence((fault as Error).message)}`)
      }
    }
    tell(told.join(' '))
  }

  async function run(): Promise<void> {
    showRunning(true)
    progress.value = 0
    tell('Preparing…')
    try {
      const chosen = {
        repeats: Number(repeats.value),
        sizes: sizes.value ? { parameter: sizes.value } : undefined,
      }
      const comparison = await measure(state, engine, chosen, (now) => {
        progress.value = now.total > 0 ? now.done / now.total : 0
        tell(`${contestantName(now)}: ${now.doing}`)
      })
      // what was measured before makes room, what was opened stays
      const opened = shown.filter(({ name }) => name !== here).slice(0, mostShown - 1)
      show([{ name: here, comparison }, ...opened])
      tell([verdict(comparison.rows), comparison.conclusion].join(' ').trim())
    } catch (fault) {
      tell(codeOf(fault) === 'obsolete' ? 'Cancelled.' : `The comparison failed: ${(fault as Error).message}`)
    } finally {
      showRunning(false)
    }
  }

  /** The sizes of the open lab, and its present values. */
  function follow(): void {
    const lab = state.lab.peek()
    const axes = (sizeAxes[lab.id] ?? []).map(({ parameter, values }) => {
      const { label = parameter } = lab.parameters.find(({ id }) => id === parameter) ?? {}
      const span = `${count(values[0])} to ${count(values[values.length - 1])}`
      return element(
        'option',
        { value: parameter, selected: parameter === sizes.value },
        `and ${label}, ${span}`,
      )
    })
    sizes.replaceChildren(element('option', { value: '' }, 'the present size'), ...axes)
    const { title, parameters } = aboutNow(state)
    const values = Object.entries(parameters).map(([id, value]) => `${id} = ${value}`)
    setText(present, `${title}, as it is set: ${values.join(', ')}.`)
  }

  showRunning(false)
  return createDialog(
    'Compare backends',
    [
      element(
        'p',
        {},
        'Times this lab’s hot loop on WebAssembly and WebGPU, and checks that the results agree. Over several sizes it ' +
          'finds out where the quickest one changes.',
      ),
      present,
      element(
        'div',
        { class: 'dialog-row comparison-row' },
        element('div', { class: 'select' }, repeats),
        element('div', { class: 'select' }, sizes),
        start,
        cancel,
        progress,
        choose,
        input,
      ),
      status,
      result,
      createAbout(),
    ],
    {
      onOpen: () => {
        if (!running) follow()
      },
      onClose: () => running && engine.cancelCompare(),
    },
  )
}
