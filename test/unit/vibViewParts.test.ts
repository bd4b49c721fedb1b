import { describe, expect, test } from 'vitest'
import { betaText, digitTexts } from '../../src/labs/vib/viewParts.ts'

test.each([
  [1e-6, '10⁻⁶'],
  [1e-3, '10⁻³'],
  [0.1, '0.1'],
  [1, '1'],
  [10, '10'],
  [100, '10²'],
  [0.03162, '0.0316'],
])('β = %d is written %s', (beta, text) => {
  expect(betaText(beta)).toBe(text)
})

describe('the digits written in a latent space', () => {
  const labels = Uint8Array.from([0, 0, 7, 7])

  test('stand in the middle of their images', () => {
    const x = Float32Array.from([-4, -2, 5, 7])
    const y = Float32Array.from([0, 2, -1, -3])
    expect(digitTexts([x, y], labels)).toEqual([
      { text: '0', at: [-3, 1] },
      { text: '7', at: [6, -2] },
    ])
  })

  test('are left out where all digits lie on each other', () => {
    const near = Float32Array.from([0.1, -0.1, 0.2, 0.3])
    expect(digitTexts([near, near], labels)).toEqual([])
  })
})
