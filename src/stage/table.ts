/** A table in a panel: numbers in rows, some of which the user can choose. */
import { axisTitle } from './axis.ts'
import type { Mark, PanelOptions, Table, TableColumn, TableContent, TableRow } from './contract.ts'
import { createKey } from './legend.ts'
import { element, Panel, type PanelView } from './panel.ts'
import { draws } from './standing.ts'

interface Row {
  readonly element: HTMLTableRowElement
  /** The first cell; its text is in a button if the row can be chosen. */
  readonly head: HTMLTableCellElement
  readonly cells: HTMLTableCellElement[]
  content: TableRow
  button?: HTMLButtonElement
  role?: string
}

function write(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

export class TableView implements Table, PanelView {
  readonly panel: Panel
  content?: TableContent
  private readonly table = document.createElement('table')
  private readonly head: HTMLTableRowElement
  private readonly body: HTMLTableSectionElement
  private readonly rows = new Map<string, Row>()

  constructor(options: PanelOptions) {
    this.panel = new Panel(options, 'table')
    this.head = this.table.createTHead().insertRow()
    this.body = this.table.createTBody()
    this.table.hidden = true
    this.panel.plot.prepend(this.table)
  }

  update(content: TableContent): void {
    const { panel, table } = this
    this.content = content
    panel.setNote(content.note)
    panel.setMessage(content.rows.length > 0 ? undefined : (content.empty ?? 'Nothing to list yet.'))
    table.hidden = content.rows.length === 0
    if (table.getAttribute('aria-label') !== content.description)
      table.setAttribute('aria-label', content.description)
    this.updateHead(content)
    table.style.setProperty('--table-rows', String(content.rows.length + 1))
    table.style.setProperty('--table-columns', String(content.columns.length))
    const ids = new Set(content.rows.map(({ id }) => id))
    for (const [id, row] of this.rows)
      if (!ids.has(id)) {
        row.element.remove()
        this.rows.delete(id)
      }
    const focused = document.activeElement
    for (const [index, wanted] of content.rows.entries()) {
      const row = this.rows.get(wanted.id) ?? this.create(wanted)
      if (this.body.rows[index] !== row.element)
        this.body.insertBefore(row.element, this.body.rows[index] ?? null)
      this.updateRow(row, wanted, content.columns)
    }
    // a button loses the focus when it is moved
    if (focused instanceof HTMLElement && this.body.contains(focused)) focused.focus({ preventScroll: true })
  }

  draws(curve: string): boolean {
    return draws(this.content, curve)
  }

  draw(): void {
    // the page itself draws the table
  }

  dispose(): void {
    this.rows.clear()
  }

  private updateHead({ columns }: TableContent): void {
    const { cells } = this.head
    while (cells.length > columns.length) this.head.deleteCell(-1)
    for (const [index, column] of columns.entries()) {
      let cell = cells[index]
      if (!cell) {
        cell = document.createElement('th')
        cell.scope = 'col'
        this.head.append(cell)
      }
      write(cell, axisTitle(column))
      cell.classList.toggle('stage-words', column.words === true)
    }
  }

  private create(content: TableRow): Row {
    const created = document.createElement('tr')
    const head = document.createElement('th')
    head.scope = 'row'
    created.append(head)
    const row: Row = { element: created, head, cells: [], content }
    // a click anywhere in the row counts; the keyboard reaches the row by its button
    created.addEventListener('click', () => row.content.onSelect?.())
    this.rows.set(content.id, row)
    return row
  }

  private updateRow(row: Row, content: TableRow, columns: readonly TableColumn[]): void {
    const { cells, element: shown } = row
    row.content = content
    if (content.curve) shown.dataset.curve = content.curve
    this.updateFirst(row, content)
    while (cells.length > Math.max(0, columns.length - 1)) cells.pop()?.remove()
    for (let index = 1; index < columns.length; index++) {
      cells[index - 1] ??= shown.insertCell()
      cells[index - 1].classList.toggle('stage-words', columns[index].words === true)
      write(cells[index - 1], content.cells[index] ?? '')
    }
    shown.classList.toggle('stage-row-selectable', content.onSelect !== undefined)
    shown.classList.toggle('stage-row-selected', content.selected === true)
  }

  private updateFirst(row: Row, { cells, name, onSelect, role, selected }: TableRow): void {
    const { head } = row
    if ((onSelect !== undefined) !== (row.button !== undefined) || role !== row.role || !head.firstChild) {
      row.role = role
      row.button = onSelect && (row.button ?? element('button', 'stage-row-button'))
      if (row.button) row.button.type = 'button'
      // the colour is never the only sign: the first cell names the row
      const key: Mark[] = role ? [{ kind: 'dots', shape: 'square', role, x: [], y: [] }] : []
      head.replaceChildren(...key.map(createKey), row.button ?? element('span', 'stage-row-name'))
    }
    write(head.lastElementChild as HTMLElement, cells[0] ?? '')
    row.button?.setAttribute('aria-pressed', String(selected === true))
    if (name !== undefined) row.button?.setAttribute('aria-label', name)
  }
}
