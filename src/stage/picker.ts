/** Reads single dots of a chart: a ring around the dot under the pointer, and its texts with its picture. */
import './picker.css'
import type { Mark, PointReading } from './contract.ts'
import { followPointer, placeReadout, setRead, tellReading } from './hover.ts'
import type { Point } from './labels.ts'
import type { Frame, MarkOf } from './marks/drawing.ts'
import { element } from './panel.ts'
import { drawPicture } from './picture.ts'
import { PointIndex } from './pointIndex.ts'

export interface Pickable {
  /** The drawn frame; undefined while nothing is drawn. */
  frame(): Frame | undefined
  content():
    | {
        readonly marks: readonly Mark[]
        readonly pick?: { readonly mark: number; read(index: number): PointReading }
      }
    | undefined
  /** Whether arrow keys and Home are used for something else. */
  readonly pointerOnly?: boolean
  /** The user has chosen a dot. */
  tell?(index: number): void
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export class Picker {
  private readonly ring = element('div', 'stage-ring')
  private readonly readout = element('div', 'stage-readout stage-point-reading')
  private readonly picture = element('canvas', 'stage-picture')
  private readonly texts = element('div', 'stage-reading')
  private readonly listeners = new AbortController()
  private index?: number
  private places?: { readonly mark: MarkOf<'dots'>; readonly frame: Frame; readonly found: PointIndex }

  constructor(
    private readonly plot: HTMLElement,
    private readonly chart: Pickable,
  ) {
    this.readout.append(this.picture, this.texts)
    for (const part of [this.ring, this.readout]) part.hidden = true
    const { signal } = this.listeners
    let pressed: Point = { x: 0, y: 0 }
    const follow = (event: PointerEvent) => {
      if (event.type === 'pointerdown') pressed = { x: event.clientX, y: event.clientY }
      this.show(this.under(event))
    }
    followPointer(plot, signal, follow, () => this.hide())
    plot.addEventListener(
      'click',
      (event) => {
        // a click at the end of a turn chooses nothing
        const moved = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y)
        // chooses the dot that was read: a click has whole pixels only, which may be nearer to another dot
        if (moved < 5) this.choose(this.index)
      },
      { signal },
    )
    if (!chart.pointerOnly) plot.addEventListener('keydown', (event) => this.key(event), { signal })
  }

  /** Reads the same dot again after the content or the size changed. */
  refresh(): void {
    if (this.index !== undefined) this.show(this.index)
  }

  hide(): void {
    this.show(undefined)
  }

  dispose(): void {
    this.listeners.abort()
  }

  /** The mark whose dots are picked, if there is one. */
  private get mark(): MarkOf<'dots'> | undefined {
    const { marks, pick } = this.chart.content() ?? {}
    const mark = pick && marks?.[pick.mark]
    return mark?.kind === 'dots' ? mark : undefined
  }

  private found(): PointIndex | undefined {
    const { mark } = this
    const frame = this.chart.frame()
    if (!mark || !frame) return undefined
    const { places } = this
    if (places && sameArrays(places.mark, mark) && places.frame === frame) return places.found
    this.places = { mark, frame, found: new PointIndex(mark, frame, frame.style.dot * 2.5) }
    return this.places.found
  }

  private under({ clientX, clientY, target }: MouseEvent): number | undefined {
    // a handle over the plot is no dot
    if (target !== this.plot) return undefined
    const { left, top } = this.plot.getBoundingClientRect()
    return this.found()?.nearest(clientX - left, clientY - top)
  }

  private choose(index: number | undefined): void {
    if (index !== undefined) this.chart.tell?.(index)
  }

  private key(event: KeyboardEvent): void {
    const found = this.found()
    const area = this.chart.frame()?.plot
    if (!found || !area || event.target !== this.plot) return
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const arrow = arrows[event.key]
    if (arrow) {
      const middle = { x: area.left + area.width / 2, y: area.top + area.height / 2 }
      const begin = this.index === undefined ? middle : (found.place(this.index) ?? middle)
      let at: Point = begin
      let target = this.index
      for (let step = 0; step < (event.shiftKey ? 10 : 1); step++) {
        const next = found.towards(at, ...(arrow as [number, number]))
        if (next === undefined) break
        target = next
        at = found.place(next) ?? at
      }
      this.show(target)
    } else if (event.key === 'Home') this.show(found.end(1))
    else if (event.key === 'End') this.show(found.end(-1))
    else if (this.index === undefined) return
    else if (event.key === 'Enter') this.choose(this.index)
    else if (event.key === 'Escape') this.show(undefined)
    else return
    event.preventDefault()
    const reading = this.index === undefined ? undefined : this.chart.content()?.pick?.read(this.index)
    if (reading)
      tellReading(this.plot, [reading.title, ...reading.rows.map(({ label, value }) => `${label} ${value}`)])
  }

  private show(index: number | undefined): void {
    const { chart, picture, plot, readout, ring, texts } = this
    const place = index === undefined ? undefined : this.found()?.place(index)
    const reading = index === undefined || !place ? undefined : chart.content()?.pick?.read(index)
    this.index = reading && index
    // of a chart without single dots the crosshair tells
    if (chart.content()?.pick) setRead(plot, reading && this.mark?.curve)
    ring.hidden = readout.hidden = !reading
    plot.classList.toggle('stage-choosable', reading !== undefined && chart.tell !== undefined)
    const style = chart.frame()?.style
    if (!reading || !place || !style) return
    if (!ring.isConnected) plot.append(ring, readout)
    const across = ((this.mark?.size ?? 8) / 8) * style.dot * 1.4 + 3 * style.line
    ring.style.width = ring.style.height = `${across.toFixed(1)}px`
    ring.style.transform = `translate(${place.x.toFixed(1)}px, ${place.y.toFixed(1)}px) translate(-50%, -50%)`
    picture.hidden = !reading.picture
    if (reading.picture) drawPicture(picture, reading.picture)
    texts.replaceChildren(
      element('span', 'stage-readout-title', reading.title),
      ...reading.rows.map(({ label, value }) => {
        const row = element('div', 'stage-readout-row')
        row.append(
          element('span', 'stage-readout-name', label),
          element('span', 'stage-readout-value', value),
        )
        return row
      }),
    )
    placeReadout(readout, plot, place.x, [place.y - readout.offsetHeight - 12, place.y + 12], [place])
  }
}

const sameArrays = (a: MarkOf<'dots'>, b: MarkOf<'dots'>) => a.x === b.x && a.y === b.y
