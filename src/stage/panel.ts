/** A panel's page elements: title, legend, toggles, note, and the plot, over which the canvas is drawn. */

import type { Scene, WebGLRenderer } from 'three'
import { loadPart } from '../part.ts'
import type { Mark, PanelContent, PanelOptions } from './contract.ts'
import { type Label, LabelLayer, type Rectangle, type TextMeasure } from './labels.ts'
import { createKey, keyIdentity } from './legend.ts'
import { switchName, tellLook } from './look.ts'
import { isMeant } from './standing.ts'
import type { Style } from './style.ts'
import type { Shown, TableSwitch } from './tableSwitch.ts'

/** Functions of the stage for a panel. */
export interface Host {
  readonly renderer: WebGLRenderer
  readonly measure: TextMeasure
  readonly style: Style
  /** Whether WebGL runs on the CPU. */
  readonly software: boolean
  /** Restricts drawing to this rectangle of the canvas, in CSS pixels from its left and top edge. */
  restrict(rectangle: Rectangle): void
  /** Requests drawing the panel before the next frame is shown. */
  redraw(view: PanelView): void
  /** The curve that stands out, if any. */
  readonly asked: string | undefined
}

/** Functions of a panel for the stage. */
export interface PanelView {
  readonly panel: Panel
  /** Draws into the current viewport, which is `area` of the canvas in CSS pixels. */
  draw(area: Rectangle): void
  /** Whether its content has this curve. */
  draws(curve: string): boolean
  /** The curve that stands out is another one. */
  follow?(): void
  /** Points the camera as a look says. */
  look?(camera: string): void
  /** What is drawn, where it consists of flat shapes: scenes with their clips, in pixels of the plot. */
  vectors?(): readonly { readonly scene: Scene; readonly clip: Rectangle }[]
  readonly content?: PanelContent['content']
  dispose(): void
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  name: string,
  text = '',
): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag)
  created.className = name
  created.textContent = text
  return created
}

const lostMessage = 'The graphics were reset by the browser; the pictures come back as soon as it allows.'

/** Matches messages of a waiting panel; after the computation failed, `haltedMessage` replaces them. */
const awaits = /^(computing|loading|following)\b.*(…|%)$/i
const haltedMessage = 'The computation stopped.'

let panels = 0

export class Panel {
  readonly id: string
  readonly shape: PanelOptions['shape']
  readonly element = element('section', 'stage-panel')
  /** The element under the canvas, or the element of a table. */
  readonly plot: HTMLElement
  readonly labels = new LabelLayer()
  private readonly title: string
  private readonly heading = element('h2', 'stage-title')
  private readonly legend = element('div', 'stage-legend')
  private readonly note = element('p', 'stage-note')
  private readonly message = element('p', 'stage-message')
  private shownLegend = ''
  private marks: readonly Mark[] = []
  private named: readonly string[] = []
  private noteBeside = false
  /** Whether a note with this text fits into the row of the axis title, at the panel's latest size. */
  private roomBeside = (_text: string): boolean => false
  private wanted = ''
  private lost = false
  private halted = false
  private veil: string | undefined
  private sheet: Element | undefined
  private covered: readonly ChildNode[] = []
  private description = ''
  private role = ''

  private readonly header = element('header', 'stage-header')
  private fillButton?: HTMLButtonElement
  private tableButton?: HTMLButtonElement
  private table?: TableSwitch
  private shown?: Shown
  private readonly boxes = new Map<string, HTMLInputElement>()

  constructor(
    { id, title, toggles = [], actions = [], shape }: PanelOptions,
    readonly kind: 'picture' | 'table' = 'picture',
  ) {
    this.id = id
    this.shape = shape
    this.plot = element('div', kind === 'picture' ? 'stage-plot' : 'stage-table')
    this.element.dataset.panel = id
    this.title = title
    this.setTitle()
    if (shape) this.element.classList.add(`stage-panel-${shape}`)
    this.heading.id = `stage-title-${++panels}`
    this.element.setAttribute('aria-labelledby', this.heading.id)
    const { header } = this
    // title and legend flow together beside the toggles, in as few rows as the width permits
    const headline = element('div', 'stage-headline')
    headline.append(this.heading, this.legend)
    header.append(headline)
    if (toggles.length + actions.length > 0) {
      const group = element('div', 'stage-toggles')
      for (const toggle of toggles) {
        const label = element('label', 'stage-toggle')
        const box = element('input', 'stage-checkbox')
        box.type = 'checkbox'
        box.checked = toggle.value
        box.addEventListener('change', (event) => {
          toggle.onChange(box.checked)
          if (event.isTrusted) tellLook(box, switchName(toggle.label), box.checked ? '1' : '0')
        })
        label.append(box, toggle.label)
        group.append(label)
        this.boxes.set(toggle.label, box)
      }
      for (const action of actions) {
        const button = element('button', 'stage-action', action.label)
        button.type = 'button'
        button.title = action.title
        button.addEventListener('click', action.onClick)
        group.append(button)
      }
      header.append(group)
    }
    this.note.hidden = true
    this.legend.hidden = true
    this.setMessage('computing…')
    // a table too: it scrolls if it is wider than its panel
    this.plot.tabIndex = 0
    this.plot.setAttribute('role', kind === 'picture' ? 'img' : 'group')
    this.plot.setAttribute('aria-label', kind === 'picture' ? `${title}: computing` : title)
    if (kind === 'picture') {
      this.plot.append(this.labels.element)
    }
    this.plot.append(this.message)
    this.element.append(header, this.note, this.plot)
  }

  /** Sets a toggle as a click of the user does, unless the user's own `look` says otherwise. */
  setToggle(label: string, wanted: boolean, look: ReadonlyMap<string, string>): void {
    const box = this.boxes.get(label)
    const own = look.get(`${this.id}.${switchName(label)}`)
    const value = own === undefined ? wanted : own === '1'
    if (!box || box.checked === value) return
    box.checked = value
    box.dispatchEvent(new Event('change'))
  }

  /** Sets the toggles that the user's look names. */
  applyLook(look: ReadonlyMap<string, string>): void {
    for (const [label, box] of this.boxes) this.setToggle(label, box.checked, look)
  }

  setTitle(text = this.title): void {
    if (this.heading.textContent !== text) this.heading.textContent = text
  }

  get shownTitle(): string {
    return this.heading.textContent ?? ''
  }

  setNote(text: string | undefined): void {
    if (this.note.textContent === (text ?? '')) return
    this.note.textContent = text ?? ''
    this.note.hidden = !text
    // at once: a row that appears and disappears would move all pictures, which must then be drawn again
    this.placeNote()
  }

  private placeNote(): boolean {
    const text = this.note.textContent ?? ''
    const beside = text !== '' && this.roomBeside(text)
    if (beside !== this.noteBeside) this.note.classList.toggle('stage-note-beside', beside)
    this.noteBeside = beside
    return beside
  }

  /** While presenting, a button lets the panel fill the screen, unless it is the only one of `shown` panels. */
  offerFilling(shown: number, filling: boolean): void {
    if (!this.fillButton) {
      this.fillButton = element('button', 'stage-action stage-fill')
      this.fillButton.type = 'button'
      this.nameAfter(this.fillButton, 'fill')
      this.header.append(this.fillButton)
    }
    const [text, label] = filling ? ['⤡', 'Back to its place'] : ['⤢', 'Fill the screen']
    this.fillButton.textContent = text
    this.fillButton.title = label
    this.fillButton.setAttribute('aria-label', label)
    this.fillButton.hidden = shown < 2 && !filling
  }

  /** Several panels have such a button: its name begins with the panel's title, as it is now. */
  private nameAfter(button: HTMLElement, what: string): void {
    button.id = `${this.heading.id}-${what}`
    button.setAttribute('aria-labelledby', `${this.heading.id} ${button.id}`)
  }

  /** Offers the content as a table, too. */
  setShown(content: Shown): void {
    this.shown = content
    this.table?.follow()
    if (this.tableButton) return
    const button = element('button', 'stage-action stage-table-button', '▦')
    button.type = 'button'
    button.title = 'As a table'
    button.setAttribute('aria-label', 'As a table')
    this.nameAfter(button, 'table')
    button.addEventListener('click', () => void this.setTable(!this.plot.hidden))
    button.inert = this.veiled
    this.tableButton = button
    this.header.append(button)
    void this.setTable(false)
  }

  /** Shows the content as tables in place of the picture, which has no size then and is not drawn. */
  private async setTable(on: boolean): Promise<void> {
    this.tableButton?.setAttribute('aria-pressed', String(on))
    if (on && !this.table) {
      try {
        const { TableSwitch } = await loadPart('The code for tables', () => import('./tableSwitch.ts'))
        this.table = new TableSwitch(this.title, () => this.shown)
      } catch (fault) {
        this.tableButton?.setAttribute('aria-pressed', 'false')
        return this.setNote((fault as Error).message)
      }
    }
    this.plot.hidden = on
    if (!on) return this.table?.element.remove()
    this.plot.after(this.table!.element)
    this.table!.write()
  }

  setDescription(text: string): void {
    this.description = text
    const heard = this.veil ?? text
    if (this.plot.getAttribute('aria-label') !== heard) this.plot.setAttribute('aria-label', heard)
  }

  get veiled(): boolean {
    return this.veil !== undefined
  }

  /**
   * Covers the panel with a sentence, and a sheet to draw on if there is one, or uncovers it. What is covered leaves the
   * page, so that neither a screen reader nor a search finds it; it is kept, and follows the run.
   */
  setVeil(veil: string | undefined, sheet?: Element): void {
    if (veil === this.veil && sheet === this.sheet) return
    const before = this.veil
    this.veil = veil
    this.sheet?.remove()
    this.sheet = this.veiled ? sheet : undefined
    if (this.sheet) this.plot.append(this.sheet)
    this.element.classList.toggle('stage-veiled', this.veiled)
    if (this.veiled) void this.setTable(false)
    for (const part of this.element.querySelectorAll<HTMLElement>('.stage-toggles, .stage-table-button'))
      part.inert = this.veiled
    // no pointer (panel.css) and no key reads what is covered
    this.plot.tabIndex = this.veiled ? -1 : 0
    if (this.veiled && this.plot.contains(document.activeElement)) this.plot.blur()
    if (before === undefined && this.veiled) {
      this.covered = [...this.plot.childNodes].filter((node) => node !== this.message && node !== this.sheet)
      for (const node of [...this.covered, this.legend, this.note]) node.remove()
      this.description ||= this.plot.getAttribute('aria-label') ?? ''
      this.role = this.plot.getAttribute('role') ?? 'img'
    } else if (!this.veiled) {
      this.plot.prepend(...this.covered)
      this.covered = []
      this.element.querySelector('.stage-headline')?.append(this.legend)
      this.plot.before(this.note)
    }
    this.plot.setAttribute('role', this.sheet ? 'group' : this.veiled ? 'img' : this.role)
    this.setDescription(this.description)
    this.setMessage(this.wanted)
  }

  /**
   * The note as a label in the row of the axis title (of width `titleWidth`), if both fit into the plot's width: this
   * saves a row above the picture. The paragraph is then only for screen readers.
   */
  noteLabel(titleWidth: number, width: number, measure: TextMeasure): Label[] {
    this.roomBeside = (text) => titleWidth + measure.width(text) + measure.size * 2.5 <= width
    if (!this.placeNote()) return []
    const text = this.note.textContent ?? ''
    return [{ text, x: width, y: 0, alignX: 1, alignY: 0, kind: 'title' }]
  }

  /** Shows a sentence in the middle of the plot, where there is nothing to draw. */
  setMessage(text: string | undefined): void {
    this.wanted = text ?? ''
    const said = this.halted && awaits.test(this.wanted) ? haltedMessage : this.wanted
    const shown = this.sheet ? '' : this.lost ? lostMessage : (this.veil ?? said)
    if (this.message.textContent === shown) return
    this.message.textContent = shown
    this.message.hidden = !shown
  }

  /** Tells whether the browser has taken the graphics away, so that nothing can be drawn. */
  setLost(lost: boolean): void {
    this.lost = lost
    this.setMessage(this.wanted)
  }

  /** Tells whether the computation has failed, so that waiting has no end. */
  setHalted(halted: boolean): void {
    this.halted = halted
    this.setMessage(this.wanted)
  }

  /** Makes the entries of these curves buttons, so that the keyboard and a finger reach them. */
  nameCurves(named: readonly string[]): void {
    this.named = named
    this.setLegend(this.marks)
  }

  setLegend(marks: readonly Mark[]): void {
    this.marks = marks
    const isButton = ({ curve }: Mark) => this.named.some((asked) => isMeant(asked, curve))
    const named = new Map(
      marks
        .filter((mark) => mark.name && mark.legend !== false)
        .map((mark) => [`${keyIdentity(mark)} ${mark.curve} ${isButton(mark)}`, mark]),
    )
    const identity = [...named.keys()].join('\n')
    if (identity === this.shownLegend) return
    this.shownLegend = identity
    this.legend.hidden = named.size === 0
    this.legend.replaceChildren(
      ...[...named.values()].map((mark) => {
        const entry = element(isButton(mark) ? 'button' : 'span', 'stage-legend-entry')
        if (mark.curve) entry.dataset.curve = mark.curve
        entry.append(createKey(mark), mark.name ?? '')
        return entry
      }),
    )
  }
}
