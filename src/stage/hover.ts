/** Crosshair and read-out of a chart, for pointer, touch and keyboard. */

import type { Point, Rectangle, Size } from './labels.ts'
import { createKey, markName } from './legend.ts'
import { element } from './panel.ts'
import type { Reading } from './reading.ts'

export interface Readable {
  /** The rectangle between the axes. */
  plot(): Rectangle | undefined
  read(pixel: number): Reading | undefined
  step(pixel: number, direction: number): number | undefined
}

const part = (name: string) => {
  const hidden = element('div', name)
  hidden.hidden = true
  return hidden
}

/** Tells where the pointer is over a plot, and when it leaves: after a finger is lifted, a read-out stays. */
export function followPointer(
  plot: HTMLElement,
  signal: AbortSignal,
  follow: (event: PointerEvent) => void,
  leave: () => void,
): void {
  plot.addEventListener('pointermove', follow, { signal })
  plot.addEventListener('pointerdown', follow, { signal })
  plot.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && leave(), { signal })
  plot.addEventListener('blur', leave, { signal })
}

/** Tells on the plot which curve is read. */
export function setRead(plot: HTMLElement, curve: string | undefined): void {
  if (curve) plot.dataset.curve = curve
  else delete plot.dataset.curve
}

/** Tells the page what was read by a key: whoever does not see it hears it. */
export function tellReading(plot: HTMLElement, parts: readonly string[]): void {
  plot.dispatchEvent(new CustomEvent('reading', { bubbles: true, detail: parts.join(', ') }))
}

/** Pixels from a curve within which the pointer is on it. */
const near = 30

/** The curve of the row that is nearest to this height. */
function nearestCurve({ rows }: Reading, height: number): string | undefined {
  let [curve, least] = [undefined as string | undefined, near]
  for (const { mark, y = Infinity } of rows) {
    const away = Math.abs(y - height)
    if (away < least) [curve, least] = [mark.curve, away]
  }
  return curve
}

export class Hover {
  private readonly crosshair = part('stage-crosshair')
  private readonly readout = part('stage-readout')
  private readonly points: HTMLElement[] = []
  private pixel?: number
  private readonly listeners = new AbortController()

  constructor(
    private readonly plot: HTMLElement,
    private readonly readable: Readable,
  ) {
    plot.append(this.crosshair, this.readout)
    const { signal } = this.listeners
    const follow = (event: PointerEvent) => {
      const { left, top } = plot.getBoundingClientRect()
      const reading = this.show(event.clientX - left)
      setRead(plot, reading && nearestCurve(reading, event.clientY - top))
    }
    followPointer(plot, signal, follow, () => this.hide())
    plot.addEventListener('keydown', (event) => this.key(event), { signal })
  }

  /** Reads the same place again after the content or the size changed. */
  refresh(): void {
    if (this.pixel !== undefined) this.show(this.pixel)
  }

  hide(): void {
    this.pixel = undefined
    setRead(this.plot, undefined)
    for (const shown of [this.crosshair, this.readout, ...this.points]) shown.hidden = true
  }

  dispose(): void {
    this.listeners.abort()
  }

  private key(event: KeyboardEvent): void {
    // a handle over the plot has its own keys
    if (event.target !== this.plot) return
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const area = this.readable.plot()
    if (!area) return
    const [left, right] = [area.left, area.left + area.width]
    const steps = event.shiftKey ? 10 : 1
    let target: number | undefined
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const direction = event.key === 'ArrowRight' ? 1 : -1
      target = this.pixel ?? (direction > 0 ? left - 1 : right + 1)
      for (let step = 0; step < steps; step++) target = this.readable.step(target, direction) ?? target
    } else if (event.key === 'Home') target = this.readable.step(left - 2, 1)
    else if (event.key === 'End') target = this.readable.step(right + 2, -1)
    else if (event.key === 'Escape' && this.pixel !== undefined) this.hide()
    else return
    event.preventDefault()
    const reading = target === undefined ? undefined : this.show(target, true)
    if (reading)
      tellReading(this.plot, [
        reading.title,
        ...reading.rows.map(({ mark, text }) => `${markName(mark)} ${text}`),
      ])
  }

  private show(pixel: number, exactly = false): Reading | undefined {
    const reading = this.readable.read(pixel)
    const area = this.readable.plot()
    if (!reading || !area) {
      this.hide()
      return undefined
    }
    // by keyboard, the next step starts from the point that was read
    this.pixel = exactly ? reading.x : pixel
    const { plot, crosshair, readout } = this
    crosshair.hidden = false
    crosshair.style.transform = `translate(${reading.x.toFixed(1)}px, ${area.top}px)`
    crosshair.style.height = `${area.height}px`
    readout.hidden = false
    readout.replaceChildren(
      element('span', 'stage-readout-title', reading.title),
      ...reading.rows.map((row) => {
        const entry = element('div', 'stage-readout-row')
        entry.append(
          createKey(row.mark),
          element('span', 'stage-readout-name', markName(row.mark)),
          element('span', 'stage-readout-value', row.text),
        )
        return entry
      }),
    )
    const visible = reading.rows.filter((row) => row.x !== undefined)
    while (this.points.length < visible.length) {
      const point = part('stage-point')
      this.points.push(point)
      plot.insertBefore(point, readout)
    }
    for (const [index, point] of this.points.entries()) {
      const row = visible[index]
      point.hidden = !row
      if (!row) continue
      point.style.transform = `translate(${row.x?.toFixed(1)}px, ${row.y?.toFixed(1)}px)`
      point.style.color = `var(--${row.mark.role})`
    }
    const spots = visible.map(({ x = reading.x, y = 0 }) => ({ x, y }))
    placeReadout(readout, plot, reading.x, [0, Infinity], spots)
    return reading
  }
}

/** A place for a read-out beside x, inside the room: the first side and top that cover the fewest points. */
export function readoutPlace(
  { width, height }: Size,
  room: Size,
  x: number,
  tops: readonly number[],
  points: readonly Point[],
): { left: number; top: number } {
  const gap = 14
  const margin = 8
  const within = (value: number, most: number) => Math.max(0, Math.min(value, most))
  const sides = [x + gap, x - gap - width]
  if (x + gap + width > room.width && x >= room.width / 2) sides.reverse()
  let best = { left: 0, top: 0 }
  let fewest = Infinity
  for (const wantedTop of tops)
    for (const wantedLeft of sides) {
      const left = within(wantedLeft, room.width - width)
      const top = within(wantedTop, room.height - height)
      const covered = points.filter(
        (point) =>
          point.x > left - margin &&
          point.x < left + width + margin &&
          point.y > top - margin &&
          point.y < top + height + margin,
      ).length
      if (covered >= fewest) continue
      fewest = covered
      best = { left, top }
    }
  return best
}

export function placeReadout(
  readout: HTMLElement,
  plot: HTMLElement,
  x: number,
  tops: readonly number[],
  points: readonly Point[],
): void {
  const size = { width: readout.offsetWidth, height: readout.offsetHeight }
  const room = { width: plot.clientWidth, height: plot.clientHeight }
  const { left, top } = readoutPlace(size, room, x, tops, points)
  readout.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`
}
