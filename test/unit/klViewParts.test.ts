/** The words and places that the KL lab's pictures share. */
import { describe, expect, it } from 'vitest'
import { five, placeApart, placed } from '../../src/labs/kl/viewParts.ts'

describe('numbers on the pictures', () => {
  it('have five digits, a power of ten where they are vast or tiny, and no rounding noise', () => {
    expect(five(2.984312)).toBe('2.9843')
    expect(five(-0.5)).toBe('−0.5')
    expect(five(1.1121e16)).toBe('1.112 × 10¹⁶')
    expect(five(-4.42e-9)).toBe('−4.420 × 10⁻⁹')
    expect(five(3e-16)).toBe('0')
    expect(five(Number.POSITIVE_INFINITY)).toBe('∞')
    expect(five(Number.NaN)).toBe('–')
  })

  it('never call a width 0 that is not', () => {
    expect(placed(2, 6.976e-18)).toBe('μ = 2, σ = 6.976 × 10⁻¹⁸')
    expect(placed(-33.6, 1.1121e16)).toBe('μ = 0, σ = 1.112 × 10¹⁶')
    expect(placed(0.00004, 2.7438)).toBe('μ = 0, σ = 2.7438')
  })
})

describe('a further mode', () => {
  it('stands between two, beside one, and never on another', () => {
    expect(
      placeApart(
        [
          [-3, 0],
          [3, 0],
        ],
        [-7, 7],
        [0, 0],
      ),
    ).toEqual({ x: 0, y: 0 })
    const modes: [number, number][] = [[1, 1]]
    for (let added = 0; added < 5; added++) {
      const { x, y } = placeApart(modes, [-4, 4], [-4, 4])
      for (const [otherX, otherY] of modes) expect(Math.hypot(x - otherX, y - otherY)).toBeGreaterThan(0.9)
      modes.push([x, y])
    }
  })
})
