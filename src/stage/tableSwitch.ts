/** The tables that a panel shows in place of its picture. Loaded with the first one. */
import './tableSwitch.css'
import { chartSheets, type Sheet, sceneSheets } from './asTable.ts'
import type { ChartContent, SceneContent } from './contract.ts'

/** Milliseconds between two writings of the tables while the run goes on: a screen reader reads meanwhile. */
const rest = 1000

/** What a chart or a scene shows. */
export type Shown = ChartContent | SceneContent

function cell(tag: 'th' | 'td', text: string, scope?: string): HTMLTableCellElement {
  const created = document.createElement(tag)
  created.textContent = text
  if (scope) created.scope = scope
  return created
}

function tableOf({ caption, columns, rows }: Sheet): HTMLTableElement {
  const table = document.createElement('table')
  table.createCaption().textContent = caption
  table
    .createTHead()
    .insertRow()
    .append(...columns.map((text) => cell('th', text, 'col')))
  const body = table.createTBody()
  for (const [first = '', ...others] of rows)
    body.insertRow().append(cell('th', first, 'row'), ...others.map((text) => cell('td', text)))
  return table
}

export class TableSwitch {
  readonly element = document.createElement('div')
  private timer: ReturnType<typeof setTimeout> | undefined

  /** `shown` gives the present content. */
  constructor(
    title: string,
    private readonly shown: () => Shown | undefined,
  ) {
    const { element } = this
    element.className = 'stage-table stage-values'
    element.tabIndex = 0
    element.setAttribute('role', 'region')
    element.setAttribute('aria-label', `${title}: values`)
  }

  /** The content has changed. */
  follow(): void {
    if (!this.element.isConnected) return
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.write()
    }, rest)
  }

  write(): void {
    const { element } = this
    const content = this.shown()
    const sheets = content ? ('marks' in content ? chartSheets(content) : sceneSheets(content)) : []
    const { scrollTop, scrollLeft } = element
    element.replaceChildren(...sheets.map(tableOf))
    if (sheets.length === 0) element.textContent = 'There are no values yet.'
    element.scrollTo(scrollLeft, scrollTop)
  }
}
