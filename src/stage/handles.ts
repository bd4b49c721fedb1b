/**
 * Handles of a chart: buttons over the plot, dragged by pointer, by touch or with the keyboard. One lies where its list
 * says, and under the pointer while it is dragged; whoever is told of an event lists them anew before the next one.
 */
import type { Domain } from './axis.ts'
import type { Handle, HandleEvent } from './contract.ts'
import { keyEvent, moved, type Place, pixelOf, placeAt, type Space, wheelFactor } from './handleMoves.ts'
import { placeReadout } from './hover.ts'

export interface Handled {
  /** Where the chart draws; undefined while there is no room. */
  space(): (Space & { readonly domains: { readonly x: Domain; readonly y: Domain } }) | undefined
  tell(event: HandleEvent): void
  /** A drag begins, with what it changes, or ended: until then the axes must stay as they are. */
  hold(moves: Handle['moves'] | undefined): void
  /** The pointer is over a handle: nothing else is to be read. */
  hideReading(): void
}

interface Slot {
  readonly element: HTMLButtonElement
  handle: Handle
}

/** Milliseconds between two notches, as the hand made them, that belong to one turn of the wheel. */
const turnPause = 300

export class HandleLayer {
  private readonly plot: HTMLElement
  private readonly chart: Handled
  private readonly tip = document.createElement('div')
  private readonly slots = new Map<string, Slot>()
  private readonly listeners = new AbortController()
  private wanted: readonly Handle[] | undefined
  /** `at` is where the pointer has taken it: content that comes meanwhile must not take it back. */
  private drag?: {
    readonly id: string
    readonly pointer: number
    readonly grip: Place
    at: Place
    moved: boolean
  }
  /** The last notch of the wheel. */
  private notch?: { readonly id: string; readonly time: number }
  private tipped?: string

  constructor(plot: HTMLElement, chart: Handled) {
    this.plot = plot
    this.chart = chart
    this.tip.className = 'stage-tip'
    this.tip.hidden = true
    const { signal } = this.listeners
    plot.addEventListener('dblclick', (event) => this.doubleClick(event), { signal })
    plot.addEventListener('keydown', (event) => this.addByKey(event), { signal })
  }

  /** Another list. Without one nothing is dragged here, and nothing added. */
  list(handles: readonly Handle[] | undefined): void {
    this.wanted = handles
    this.show()
  }

  /** Puts the handles where they belong. */
  show(): void {
    const { wanted: handles } = this
    const space = this.chart.space()
    const kept = new Set(handles?.map(({ id }) => id))
    if (this.drag) kept.add(this.drag.id)
    for (const [id, slot] of this.slots) if (!kept.has(id)) this.remove(id, slot)
    for (const handle of handles ?? []) {
      const slot = this.slots.get(handle.id) ?? this.create(handle)
      slot.handle = handle
    }
    for (const slot of this.slots.values()) this.place(slot, space)
    this.showTip()
  }

  dispose(): void {
    this.listeners.abort()
  }

  private create(handle: Handle): Slot {
    const element = document.createElement('button')
    element.type = 'button'
    element.className = 'stage-handle'
    element.setAttribute('role', 'slider')
    const slot: Slot = { element, handle }
    const { signal } = this.listeners
    const on = <Type extends keyof HTMLElementEventMap>(
      type: Type,
      listener: (event: HTMLElementEventMap[Type]) => void,
    ) => element.addEventListener(type, listener, { signal, passive: false })
    on('pointerdown', (event) => this.grab(event, slot))
    on('pointermove', (event) => this.follow(event, slot))
    for (const type of ['pointerup', 'pointercancel', 'lostpointercapture'] as const)
      on(type, (event) => this.release(event))
    on('wheel', (event) => this.turnWheel(event, slot))
    on('keydown', (event) => this.key(event, slot))
    // the plot's own double click adds
    on('dblclick', (event) => event.stopPropagation())
    const tip = (shown: boolean) => {
      if (shown) this.chart.hideReading()
      if (shown || this.tipped === slot.handle.id) this.tipped = shown ? slot.handle.id : undefined
      this.showTip()
    }
    on('pointerenter', () => tip(true))
    on('pointerleave', () => tip(false))
    on('focus', () => tip(true))
    on('blur', () => tip(false))
    this.plot.append(element)
    if (this.slots.size === 0) this.plot.append(this.tip)
    this.slots.set(handle.id, slot)
    return slot
  }

  private remove(id: string, { element }: Slot): void {
    // whoever removed it by key goes on from the chart
    if (document.activeElement === element) this.plot.focus({ preventScroll: true })
    element.remove()
    this.slots.delete(id)
    if (this.tipped === id) this.tipped = undefined
  }

  private at(handle: Handle): Place {
    return this.drag?.id === handle.id ? moved(handle, this.drag.at) : handle
  }

  private place({ element, handle }: Slot, space: ReturnType<Handled['space']>): void {
    const { x, y } = this.at(handle)
    const { x: left, y: top } = space ? pixelOf(handle, { x, y }, space) : { x: Number.NaN, y: Number.NaN }
    const plot = space?.plot
    const inside =
      plot !== undefined &&
      left >= plot.left - 1 &&
      left <= plot.left + plot.width + 1 &&
      top >= plot.top - 1 &&
      top <= plot.top + plot.height + 1
    // one that is out of sight stays there while it has the focus, so that it can be brought back
    element.hidden = !inside && document.activeElement !== element && this.drag?.id !== handle.id
    if (!space || !(Number.isFinite(left) && Number.isFinite(top))) return
    element.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`
    element.style.color = `var(--${handle.role})`
    element.dataset.handle = handle.id
    element.dataset.moves = handle.moves
    const along = handle.moves === 'y' ? 'y' : 'x'
    const [first, last] = space.domains[along]
    // the name before the colon stays, what follows is read again whenever it changes
    const [name, ...value] = handle.label.split(': ')
    for (const [attribute, text] of [
      ['aria-label', name],
      ['aria-valuetext', value.join(': ') || handle.label],
      ['aria-valuenow', String(along === 'y' ? y : x)],
      ['aria-valuemin', String(Math.min(first, last))],
      ['aria-valuemax', String(Math.max(first, last))],
    ] as const)
      if (element.getAttribute(attribute) !== text) element.setAttribute(attribute, text)
  }

  private showTip(): void {
    const slot = this.slots.get(this.drag?.id ?? this.tipped ?? '')
    const space = this.chart.space()
    this.tip.hidden = !slot || !space || slot.element.hidden
    if (!slot || !space || this.tip.hidden) return
    if (this.tip.textContent !== slot.handle.label) this.tip.textContent = slot.handle.label
    const { x: left, y: top } = pixelOf(slot.handle, this.at(slot.handle), space)
    placeReadout(
      this.tip,
      this.plot,
      left,
      [top - this.tip.offsetHeight - 18, top + 18],
      [{ x: left, y: top }],
    )
  }

  private pointerPlace({ clientX, clientY }: MouseEvent): Place {
    const { left, top } = this.plot.getBoundingClientRect()
    return { x: clientX - left, y: clientY - top }
  }

  private grab(event: PointerEvent, { element, handle }: Slot): void {
    event.stopPropagation()
    const space = this.chart.space()
    if (event.button !== 0 || this.drag || !space) return
    event.preventDefault()
    element.focus({ preventScroll: true })
    element.setPointerCapture(event.pointerId)
    const pointer = this.pointerPlace(event)
    const { x, y } = this.at(handle)
    // it is held where it was gripped, and does not jump to the pointer
    const grip = { x: space.x(x) - pointer.x, y: space.y(y) - pointer.y }
    this.drag = { id: handle.id, pointer: event.pointerId, grip, at: { x, y }, moved: false }
    this.notch = undefined
    this.chart.hideReading()
    this.chart.hold(handle.moves)
  }

  private follow(event: PointerEvent, slot: Slot): void {
    // what lies under a handle is not read
    event.stopPropagation()
    const { drag } = this
    const space = this.chart.space()
    if (drag?.pointer !== event.pointerId || drag.id !== slot.handle.id || !space) return
    const pointer = this.pointerPlace(event)
    const to = moved(slot.handle, placeAt({ x: pointer.x + drag.grip.x, y: pointer.y + drag.grip.y }, space))
    if (to.x === drag.at.x && to.y === drag.at.y) return
    drag.moved = true
    drag.at = to
    this.place(slot, space)
    this.showTip()
    this.chart.tell({ kind: 'move', id: drag.id, ...to, dragging: true })
  }

  private release(event: PointerEvent): void {
    const { drag } = this
    if (drag?.pointer !== event.pointerId) return
    this.drag = undefined
    if (drag.moved) this.chart.tell({ kind: 'move', id: drag.id, ...drag.at, dragging: false })
    this.show()
    this.chart.hold(undefined)
  }

  private key(event: KeyboardEvent, slot: Slot): void {
    if (event.altKey || event.ctrlKey || event.metaKey || this.drag) return
    const change = keyEvent(slot.handle, event.key, event.shiftKey)
    const space = this.chart.space()
    if (!change || !space) return
    event.preventDefault()
    event.stopPropagation()
    this.notch = undefined
    // there is no place at or below zero on a logarithmic axis
    const nowhere =
      change.kind === 'move' && !(Number.isFinite(space.x(change.x)) && Number.isFinite(space.y(change.y)))
    if (!nowhere) this.chart.tell(change)
  }

  private turnWheel(event: WheelEvent, { handle }: Slot): void {
    // with Ctrl it is the browser's zoom
    if (event.ctrlKey || event.deltaY === 0) return
    event.preventDefault()
    event.stopPropagation()
    const { id } = handle
    const { notch } = this
    const continued = notch?.id === id && event.timeStamp < notch.time + turnPause
    this.notch = { id, time: event.timeStamp }
    this.chart.tell({ kind: 'widen', id, factor: wheelFactor(event.deltaY, event.deltaMode), continued })
  }

  private doubleClick(event: MouseEvent): void {
    const space = this.chart.space()
    if (!this.wanted || !space) return
    const pixel = this.pointerPlace(event)
    const { left, top, width, height } = space.plot
    const inside = pixel.x >= left && pixel.x <= left + width && pixel.y >= top && pixel.y <= top + height
    if (inside) this.chart.tell({ kind: 'add', ...placeAt(pixel, space) })
  }

  private addByKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || (event.key !== 'Insert' && event.key !== '+'))
      return
    const space = this.chart.space()
    if (!this.wanted || !space || this.drag) return
    event.preventDefault()
    event.stopPropagation()
    const { left, top, width, height } = space.plot
    this.chart.tell({ kind: 'add', ...placeAt({ x: left + width / 2, y: top + height / 2 }, space) })
  }
}
