/** The times of a lecture, and what tells the two windows of a pair from other windows. */
import { describe, expect, it } from 'vitest'
import { advanced, newLecture, timeText } from '../../src/app/presenter/lecture.ts'
import {
  newPair,
  pageWindowName,
  pairOfLink,
  pairOfWindow,
  presenterWindowName,
} from '../../src/app/presenter/protocol.ts'

describe('the time of a lecture', () => {
  const begun = { ...newLecture, running: true, at: 1000 }

  it('counts for the lecture and for the step that is shown', () => {
    const first = advanced(begun, 4000, 'kl/0')
    const second = advanced(first, 5000, 'kl/1')
    const back = advanced(second, 5500, 'kl/0')
    expect(back.elapsed).toBe(4500)
    expect(back.steps).toEqual({ 'kl/0': 3500, 'kl/1': 1000 })
  })

  it('stands still in a pause, and never runs backwards', () => {
    const paused = { ...advanced(begun, 2000, undefined), running: false }
    expect(advanced(paused, 9000, 'kl/0').elapsed).toBe(1000)
    expect(advanced(begun, 500, 'kl/0').elapsed).toBe(0)
  })

  it('counts on after the window was closed', () => {
    const kept = JSON.parse(JSON.stringify(advanced(begun, 2000, 'kl/0'))) as typeof begun
    expect(advanced(kept, 62_000, 'kl/0').elapsed).toBe(61_000)
  })

  it('is written in minutes, with hours where there are some', () => {
    expect(timeText(0)).toBe('0:00')
    expect(timeText(65_900)).toBe('1:05')
    expect(timeText(3_845_000)).toBe('1:04:05')
  })
})

describe('a pair', () => {
  it('is found in the link and in the name of the window', () => {
    const pair = newPair()
    expect(pair).toMatch(/^\w+$/)
    expect(pairOfLink(`?presenter=${pair}&theme=projector`)).toBe(pair)
    expect(pairOfLink('?presenter')).toBe('')
    expect(pairOfLink('?lab=kl')).toBeUndefined()
    expect(pairOfWindow(pageWindowName(pair))).toBe(pair)
    expect(pairOfWindow(presenterWindowName(pair))).toBeUndefined()
    expect(pairOfWindow('')).toBeUndefined()
  })
})
