import { describe, expect, test } from 'vitest'
import { createInverse, createMapping, type Domain } from '../../src/stage/axis.ts'
import type { Handle } from '../../src/stage/contract.ts'
import { keyEvent, moved, pixelOf, placeAt, type Space, wheelFactor } from '../../src/stage/handleMoves.ts'

const plot = { left: 100, top: 20, width: 400, height: 200 }
const xDomain: Domain = [-4, 4]
const yDomain: Domain = [0.01, 100]
const across: Domain = [plot.left, plot.left + plot.width]
const upward: Domain = [plot.top + plot.height, plot.top]
const space: Space = {
  plot,
  x: createMapping('linear', xDomain, across),
  y: createMapping('log', yDomain, upward),
  xOf: createInverse('linear', xDomain, across),
  yOf: createInverse('log', yDomain, upward),
}

const handle: Handle = {
  id: 'mode',
  x: 1,
  y: 2,
  role: 'truth',
  label: 'mode: mean 1.00',
  moves: 'both',
  step: 0.25,
}

describe('dragging', () => {
  test('a pixel is the value that is drawn there', () => {
    const place = placeAt({ x: 250, y: 120 }, space)
    expect(place.x).toBeCloseTo(-1, 12)
    expect(place.y).toBeCloseTo(1, 12)
    expect(space.x(place.x)).toBeCloseTo(250, 9)
    expect(space.y(place.y)).toBeCloseTo(120, 9)
  })

  test('outside the plot it is the nearest place inside', () => {
    expect(placeAt({ x: -50, y: 999 }, space)).toEqual({ x: -4, y: expect.closeTo(0.01, 12) })
    expect(placeAt({ x: 9999, y: -999 }, space)).toEqual({ x: 4, y: expect.closeTo(100, 9) })
  })

  test('a place beyond the picture is shown at its edge, but for where a drag could take it', () => {
    const beyond = { x: 6, y: 1e4 }
    expect(pixelOf(handle, beyond, space)).toEqual({ x: space.x(6), y: space.y(1e4) })
    expect(pixelOf({ ...handle, moves: 'x' }, beyond, space)).toEqual({ x: space.x(6), y: 20 })
    expect(pixelOf({ ...handle, moves: 'y' }, beyond, space)).toEqual({ x: 500, y: space.y(1e4) })
    const inside = { x: 1, y: 1 }
    expect(pixelOf({ ...handle, moves: 'x' }, inside, space)).toEqual({ x: space.x(1), y: space.y(1) })
  })

  test('changes only the coordinates that the handle may change', () => {
    const to = { x: -3, y: 7 }
    expect(moved(handle, to)).toEqual({ x: -3, y: 7 })
    expect(moved({ ...handle, moves: 'x' }, to)).toEqual({ x: -3, y: 2 })
    expect(moved({ ...handle, moves: 'y' }, to)).toEqual({ x: 1, y: 7 })
  })
})

describe('keys', () => {
  const move = (moves: Handle['moves'], key: string) => {
    const event = keyEvent({ ...handle, moves }, key, false)
    return event?.kind === 'move' ? [event.x, event.y, event.dragging] : event
  }

  test('arrows go one step, page keys ten, and each is a whole drag', () => {
    expect(move('both', 'ArrowRight')).toEqual([1.25, 2, false])
    expect(move('both', 'ArrowLeft')).toEqual([0.75, 2, false])
    expect(move('both', 'ArrowUp')).toEqual([1, 2.25, false])
    expect(move('both', 'ArrowDown')).toEqual([1, 1.75, false])
    expect(move('both', 'PageUp')).toEqual([3.5, 2, false])
    expect(move('both', 'PageDown')).toEqual([-1.5, 2, false])
  })

  test('all arrows move a handle that has one axis along that one', () => {
    expect(move('x', 'ArrowUp')).toEqual([1.25, 2, false])
    expect(move('x', 'ArrowLeft')).toEqual([0.75, 2, false])
    expect(move('y', 'ArrowRight')).toEqual([1, 2.25, false])
    expect(move('y', 'PageDown')).toEqual([1, -0.5, false])
  })

  test('Shift makes wider and narrower by factors that cancel', () => {
    const widen = (key: string) => {
      const event = keyEvent(handle, key, true)
      return event?.kind === 'widen' ? event.factor : Number.NaN
    }
    expect(widen('ArrowRight')).toBeGreaterThan(1)
    expect(widen('ArrowUp')).toBe(widen('ArrowRight'))
    expect(widen('ArrowLeft') * widen('ArrowRight')).toBeCloseTo(1, 12)
    expect(widen('ArrowDown')).toBe(widen('ArrowLeft'))
  })

  test('Delete and Backspace remove; other keys are not the handle’s', () => {
    expect(keyEvent(handle, 'Delete', false)).toEqual({ kind: 'remove', id: 'mode' })
    expect(keyEvent(handle, 'Backspace', false)).toEqual({ kind: 'remove', id: 'mode' })
    for (const key of ['Tab', 'Enter', ' ', 'Home', 'Escape', 's'])
      expect(keyEvent(handle, key, false)).toBeUndefined()
  })
})

describe('the wheel', () => {
  test('widens away from the user and narrows toward them, by factors that cancel', () => {
    expect(wheelFactor(-100, 0)).toBeCloseTo(1.125, 12)
    expect(wheelFactor(-100, 0) * wheelFactor(100, 0)).toBeCloseTo(1, 12)
  })

  test('counts lines and pages as the pixels that they scroll, within reason', () => {
    expect(wheelFactor(-2.5, 1)).toBeCloseTo(wheelFactor(-100, 0), 12)
    expect(wheelFactor(-1, 2)).toBe(wheelFactor(-300, 0))
    expect(wheelFactor(-1e9, 0)).toBe(wheelFactor(-300, 0))
  })
})
