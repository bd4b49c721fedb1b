/** The frames of the current run that are kept, so that the page can look back. One frame a step. */
import { computed, type ReadonlySignal, signal } from '@preact/signals-core'
import { bytesOf } from '../bytes.ts'
import type { EngineFrame } from '../engine/protocol.ts'

const mostFrames = 240
/** A frame of 256 tokens can hold half a megabyte: 240 of them must not fill a phone. */
const mostBytes = 96 * 2 ** 20

export interface Frames {
  /** Oldest first; the last one is the newest of the run. */
  readonly kept: ReadonlySignal<readonly EngineFrame[]>
  /** The frame that the page shows: the newest one, or an earlier one that the user looks back at. */
  readonly shown: ReadonlySignal<EngineFrame | null>
  readonly lookingBack: ReadonlySignal<boolean>
  add(frame: EngineFrame): void
  /** Shows the kept frame at this index; with the last index the page follows the newest frame again. */
  lookBack(index: number): void
  live(): void
  clear(): void
}

export function createFrames(): Frames {
  const kept = signal<readonly EngineFrame[]>([])
  const past = signal<EngineFrame | null>(null)
  const sizes = new WeakMap<EngineFrame, number>()
  const shown = computed(() => past.value ?? kept.value.at(-1) ?? null)

  function add(frame: EngineFrame): void {
    const newest = kept.peek().at(-1)
    const sameRun = newest !== undefined && newest.run === frame.run && newest.lab === frame.lab
    if (!sameRun) past.value = null
    sizes.set(frame, bytesOf(frame.data))
    const list = sameRun ? kept.peek().filter((one) => one.step < frame.step) : []
    list.push(frame)
    let size = list.reduce((sum, one) => sum + sizes.get(one)!, 0)
    while (list.length > 1 && (list.length > mostFrames || size > mostBytes))
      size -= sizes.get(list.shift()!)!
    kept.value = list
  }

  return {
    kept,
    shown,
    lookingBack: computed(() => past.value !== null),
    add,
    lookBack(index) {
      const frame = kept.peek()[index]
      past.value = frame === kept.peek().at(-1) ? null : (frame ?? null)
    },
    live() {
      past.value = null
    },
    clear() {
      past.value = null
      kept.value = []
    },
  }
}
