/** How often the page draws where drawing is slow, on a made-up clock. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createPace } from '../../src/app/pace.ts'

/** Milliseconds of a drawing until the browser has shown it. */
let takes = 0
let dragged = false
let draws = 0
let draw: () => void

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.stubGlobal('requestAnimationFrame', (shown: () => void) => setTimeout(shown, takes))
  dragged = false
  draws = 0
  draw = createPace(
    () => draws++,
    () => dragged,
  )
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Milliseconds until the next drawing, which is requested again and again. */
function untilNext(): number {
  const before = draws
  let waited = 0
  draw()
  while (draws === before) {
    waited++
    vi.advanceTimersByTime(1)
    if (draws === before) draw()
  }
  return waited
}

/** One drawing, begun and shown. */
function shown(milliseconds: number): void {
  takes = milliseconds
  untilNext()
  vi.advanceTimersByTime(milliseconds + 1)
}

it('does not pause after a quick drawing', () => {
  shown(30)
  expect(untilNext()).toBe(0)
})

it('pauses for twice as long as a slow one took, and no longer than 400 ms', () => {
  shown(60)
  expect(untilNext()).toBeCloseTo(120, -1)
  shown(300)
  expect(untilNext()).toBeCloseTo(400, -1)
})

it('hardly pauses while a value is dragged, from the first move on', () => {
  shown(60)
  dragged = true
  expect(untilNext()).toBeCloseTo(10, -1)
  dragged = false
  shown(60)
  const before = draws
  draw()
  vi.advanceTimersByTime(30)
  expect(draws).toBe(before)
  dragged = true
  expect(untilNext()).toBe(0)
})
