/**
 * Handles of a chart: buttons over the plot, dragged by pointer, by touch or with the keyboard. A handle is at the
 * place in its list, and under the pointer while dragged. After each event the listener must list the handles again.
 */
import type { Domain } from './axis.ts'
import type { Handle, HandleEvent } from './contract.ts'
import { keyEvent, moved, pixelOf, placeAt, type Space, wheelFactor } from './handleMoves.ts'
import { placeReadout } from './hover.ts'
import { contains, type Point } from './labels.ts'
import { element } from './panel.ts'

export interface Handled {
  /** The chart's axes and plot; undefined while there is no room. */
  space(): (Space & { readonly domains: { readonly x: Domain; readonly y: Domain } }) | undefined
  tell(event: HandleEvent): void
  /** A drag begins (with the coordinates that it changes) or ends. The axes must stay fixed meanwhile. */
  hold(moves: Handle['moves'] | undefined): void
  /** The pointer is over a handle: the chart must hide its read-out. */
  hideReading(): void
}

interface Slot {
  readonly element: HTMLButtonElement
  handle: Handle
}

/** Longest pause in milliseconds between two notches of one turn of the wheel. */
const turnPause = 300

export class HandleLayer {
  private readonly tip = element('div', 'stage-tip')
  private readonly slots = new Map<string, Slot>()
  private readonly listeners = new AbortController()
  private wanted: readonly Handle[] | undefined
  /** The drag under way. `at` is the handle's place under the pointer; new content must not move it back. */
  private drag?: {
    readonly id: string
    readonly pointer: number
    readonly grip: Point
    at: Point
    moved: boolean
  }
  /** The last notch of the wheel. */
  private notch?: { readonly id: string; readonly time: number }
  private tipped?: string

  constructor(
    private readonly plot: HTMLElement,
    private readonly chart: Handled,
  ) {
    this.tip.hidden = true
    const { signal } = this.listeners
    plot.addEventListener('dblclick', (event) => this.doubleClick(event), { signal })
    plot.addEventListener('keydown', (event) => this.addByKey(event), { signal })
  }

  /** Replaces the handles. Without a list, nothing can be dragged or added here. */
  list(handles: readonly Handle[] | undefined): void {
    this.wanted = handles
    this.show()
  }

  /** Updates the places of the handles. */
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
    const button = element('button', 'stage-handle')
    button.type = 'button'
    button.setAttribute('role', 'slider')
    const slot: Slot = { element: button, handle }
    const { signal } = this.listeners
    const on = <Type extends keyof HTMLElementEventMap>(
      type: Type,
      listener: (event: HTMLElementEventMap[Type]) => void,
    ) => button.addEventListener(type, listener, { signal, passive: false })
    on('pointerdown', (event) => this.grab(event, slot))
    on('pointermove', (event) => this.follow(event, slot))
    for (const type of ['pointerup', 'pointercancel', 'lostpointercapture'] as const)
      on(type, (event) => this.release(event))
    on('wheel', (event) => this.turnWheel(event, slot))
    on('keydown', (event) => this.key(event, slot))
    // a double click on the plot adds a handle, but not on a handle
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
    this.plot.append(button)
    if (this.slots.size === 0) this.plot.append(this.tip)
    this.slots.set(handle.id, slot)
    return slot
  }

  private remove(id: string, { element }: Slot): void {
    // after a handle was removed by key, the plot gets the focus
    if (document.activeElement === element) this.plot.focus({ preventScroll: true })
    element.remove()
    this.slots.delete(id)
    if (this.tipped === id) this.tipped = undefined
  }

  private at(handle: Handle): Point {
    return this.drag?.id === handle.id ? moved(handle, this.drag.at) : handle
  }

  private place({ element, handle }: Slot, space: ReturnType<Handled['space']>): void {
    const { x, y } = this.at(handle)
    const pixel = space ? pixelOf(handle, { x, y }, space) : { x: Number.NaN, y: Number.NaN }
    const { x: left, y: top } = pixel
    const inside = space && contains(space.plot, pixel, 1)
    // a focused handle outside the plot stays, so that it can be moved back
    element.hidden = !inside && document.activeElement !== element && this.drag?.id !== handle.id
    if (!space || !(Number.isFinite(left) && Number.isFinite(top))) return
    element.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`
    element.style.color = `var(--${handle.role})`
    element.dataset.handle = handle.id
    element.dataset.moves = handle.moves
    const along = handle.moves === 'y' ? 'y' : 'x'
    const [first, last] = space.domains[along]
    // the name before the colon stays; screen readers read the value again when it changes
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
    const pixel = pixelOf(slot.handle, this.at(slot.handle), space)
    placeReadout(this.tip, this.plot, pixel.x, [pixel.y - this.tip.offsetHeight - 18, pixel.y + 18], [pixel])
  }

  private pointerPlace({ clientX, clientY }: MouseEvent): Point {
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
    // keeps the pointer's distance, so that the handle does not jump to the pointer
    const grip = { x: space.x(x) - pointer.x, y: space.y(y) - pointer.y }
    this.drag = { id: handle.id, pointer: event.pointerId, grip, at: { x, y }, moved: false }
    this.notch = undefined
    this.chart.hideReading()
    this.chart.hold(handle.moves)
  }

  private follow(event: PointerEvent, slot: Slot): void {
    // nothing is read under a handle
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
    // a logarithmic axis has no places at or below zero
    const nowhere =
      change.kind === 'move' && !(Number.isFinite(space.x(change.x)) && Number.isFinite(space.y(change.y)))
    if (!nowhere) this.chart.tell(change)
  }

  private turnWheel(event: WheelEvent, { handle }: Slot): void {
    // with Ctrl the wheel zooms the page
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
    if (contains(space.plot, pixel)) this.chart.tell({ kind: 'add', ...placeAt(pixel, space) })
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
