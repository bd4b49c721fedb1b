import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PagePause } from '../../src/engine/pagePause.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

/** The page takes so many milliseconds for each of some frames. Returns whether a core was left to it, frame by frame. */
function drawn(pause: PagePause, milliseconds: number, frames: number): boolean[] {
  return Array.from({ length: frames }, () => {
    pause.delivered()
    const needed = pause.needsCore
    vi.advanceTimersByTime(milliseconds)
    pause.asked()
    return needed
  })
}

describe('a core for the page', () => {
  it('is not left to one that draws swiftly', () => {
    expect(drawn(new PagePause(), 16, 50)).not.toContain(true)
  })

  it('is left to a slow one from its first frames on, while it draws', () => {
    const pause = new PagePause()
    const needed = drawn(pause, 50, 20)
    expect(needed.slice(0, 2)).toEqual([false, false])
    expect(needed.slice(4)).not.toContain(false)
    expect(pause.needsCore).toBe(false)
    pause.delivered()
    expect(pause.needsCore).toBe(true)
  })

  it('is left for seconds after the page has become swift by it, and then not', () => {
    const pause = new PagePause()
    drawn(pause, 50, 20)
    // some frames until the mean is swift
    const needed = drawn(pause, 17, 400)
    expect(needed.slice(0, 250)).not.toContain(false)
    expect(needed.slice(350)).not.toContain(true)
  })

  it('is not kept from the steps by a page that asks for no more frames', () => {
    const pause = new PagePause()
    drawn(pause, 50, 20)
    pause.delivered()
    expect(pause.needsCore).toBe(true)
    vi.advanceTimersByTime(70)
    expect(pause.needsCore).toBe(false)
  })
})
