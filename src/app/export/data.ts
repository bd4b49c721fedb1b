/** The numbers behind the panels, as files. */
import { counted } from '../../count.ts'
import { type Values, valuesOf } from '../../stage/values.ts'
import { button, element } from '../dom.ts'
import { download } from '../link.ts'
import { openQuestion } from '../state.ts'
import { type About, aboutNow, fileName } from './about.ts'
import { headerLines, toCsv, toJson } from './csv.ts'
import { choice, createSection, type Section, type Tools } from './section.ts'

const numbers = 'numbers'
const everything = 'everything'

/** The metrics, a row for each number. A list has a row for each entry. */
function metricValues({ metrics, units }: About): Values {
  const rows = Object.entries(metrics).flatMap(([id, value]) =>
    (Array.isArray(value) ? value : [value]).map((one, index) => [
      id,
      Array.isArray(value) ? index : '',
      Array.isArray(one) ? toJson(one) : one,
      units[id] ?? '',
    ]),
  )
  return { columns: ['metric', 'entry', 'value', 'unit'], rows }
}

export function createDataSection(tools: Tools): Section {
  const { state } = tools
  const what = choice('What', [])
  const csv = button('Save as CSV', () => void save('csv'))
  const json = button('Save as JSON', () => void save('json'))

  /**
   * Panels with their values: none while a question is open. What a picture tells roughly, its data tell exactly: the end
   * of a curve may be the hidden number.
   */
  function panels() {
    if (openQuestion(state)) return []
    return (tools.stage()?.contents() ?? []).flatMap(({ id, title, content }) =>
      content ? [{ id, title, values: () => valuesOf(content) }] : [],
    )
  }

  function save(format: 'csv' | 'json'): void {
    tools.drawNow()
    const about = aboutNow(state)
    const wanted = what.select.value
    const chosen = panels().filter(({ id }) => wanted === everything || id === wanted)
    const named = chosen.map(({ id, title, values }) => ({ id, title, ...values() }))
    const name = fileName(about, wanted, format)
    if (format === 'json') {
      const text = toJson(named.length > 0 ? { ...about, panels: named } : about)
      download(new Blob([text], { type: 'application/json' }), name)
    } else {
      const [panel] = named
      const values = panel ?? metricValues(about)
      const text = toCsv(headerLines(about, panel?.title), values)
      download(new Blob([text], { type: 'text/csv;charset=utf-8' }), name)
    }
    const rows = (named.length > 0 ? named : [metricValues(about)]).reduce(
      (sum, one) => sum + one.rows.length,
      0,
    )
    section.tell(`The data is saved: ${counted(rows, 'row')}.`)
  }

  const follow = () => {
    csv.disabled = what.select.value === everything
    csv.title = csv.disabled ? 'A CSV holds one table: choose a panel, or save all panels as JSON.' : ''
  }
  what.select.addEventListener('change', follow)
  const kept = element('p', { class: 'small' })
  const section = createSection(
    'Data',
    element(
      'p',
      { class: 'small muted' },
      'Every value that a panel shows, with parameters, units, seed, step, backend, version and link before it.',
    ),
    element('div', { class: 'dialog-row' }, what.element, csv, json),
    kept,
  )
  /** Panels get their values while the dialog is open, too. */
  const list = () =>
    what.fill([
      [numbers, 'The numbers beside the panel'],
      ...panels().map(({ id, title }) => [id, title] as const),
      ...(openQuestion(state) ? [] : [[everything, 'All panels and numbers (JSON)'] as const]),
    ])
  what.select.addEventListener('focus', list)
  return {
    element: section.element,
    onOpen: () => {
      list()
      follow()
      kept.hidden = openQuestion(state) === undefined
      kept.textContent =
        'The question of this step is open. The data of the panels come with its answer, because they would hold it.'
      section.tell('')
    },
  }
}
