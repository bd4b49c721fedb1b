import { describe, expect, it } from 'vitest'
import { multiplyHigh, philox, randomWord, uniformIntegers } from '../../src/compute/random.ts'
import { philoxReference } from '../kernels/reference.ts'

const hexadecimal = (words: readonly number[]) => words.map((word) => word.toString(16).padStart(8, '0'))
const all = 0xffffffff

describe('philox', () => {
  // Random123's kat_vectors, philox4x32-10
  const knownAnswers = [
    { counter: [0, 0, 0, 0], key: [0, 0], words: ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8'] },
    {
      counter: [all, all, all, all],
      key: [all, all],
      words: ['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd'],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: ['d16cfe09', '94fdcceb', '5001e420', '24126ea1'],
    },
  ] as const
  it.each(knownAnswers)('gives the published words for counter $counter', ({ counter, key, words }) => {
    expect(hexadecimal(philox(counter, key))).toEqual(words)
    expect(hexadecimal(philoxReference(counter, key))).toEqual(words)
  })

  it('agrees with BigInt arithmetic on counters of every size', () => {
    for (let i = 0; i < 500; i++) {
      const counter = [i, i * 7919, Math.imul(i, 0x9e3779b9) >>> 0, (all - i * 104729) >>> 0] as const
      const key = [Math.imul(i, 0x85ebca6b) >>> 0, i] as const
      expect(philox(counter, key)).toEqual(philoxReference(counter, key))
    }
  })
})

describe('multiplyHigh', () => {
  it.each([
    [all, all],
    [all, 1],
    [0x80000000, 2],
    [0x10000, 0x10000],
    [0xffff0001, 0x0001ffff],
    [0, all],
  ])('is the upper half of %d · %d', (a, b) => {
    expect(multiplyHigh(a, b)).toBe(Number((BigInt(a) * BigInt(b)) >> 32n))
  })
})

describe('randomWord', () => {
  it('takes word column & 3 of the counter (column >> 2, row, stream, batch)', () => {
    const words = philox([3, 41, 2, 5], [77, 0])
    for (let k = 0; k < 4; k++)
      expect(randomWord({ seed: 77, stream: 2, batch: 5 }, 41, 12 + k)).toBe(words[k])
    expect(randomWord({ seed: 77, stream: 2 }, 41, 0)).toBe(philox([0, 41, 2, 0], [77, 0])[0])
  })
})

describe('uniformIntegers', () => {
  it('stays below the bound and is the same from any first row', () => {
    const source = { seed: 9, stream: 2 }
    const whole = uniformIntegers(source, 0, 300, 50257)
    expect(Math.max(...whole)).toBeLessThan(50257)
    expect(uniformIntegers(source, 100, 50, 50257)).toEqual(whole.slice(100, 150))
    expect(uniformIntegers(source, 0, 5, 1)).toEqual(new Uint32Array(5))
  })

  it('is uniform: χ² over ten values', () => {
    const counts = new Array<number>(10).fill(0)
    for (const value of uniformIntegers({ seed: 1, stream: 3 }, 0, 20000, 10)) counts[value]++
    const chiSquared = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)
    // 9 degrees of freedom: above 33.7 once in ten thousand seeds
    expect(chiSquared).toBeLessThan(33.7)
  })

  it.each([0, -1, 1.5, Number.NaN, 2 ** 32])('refuses the bound %d', (bound) => {
    expect(() => uniformIntegers({ seed: 0, stream: 0 }, 0, 1, bound)).toThrow(RangeError)
  })
})
