/** Texts and places for the KL lab's pictures. */
import { describe, expect, it } from 'vitest'
import type { Rest } from '../../src/labs/kl/frame.ts'
import { plotDomains } from '../../src/labs/kl/lineCurves.ts'
import { five, placed } from '../../src/labs/kl/texts.ts'
import { logMixture } from '../../src/labs/kl/theory.ts'
import { basinsContent, type DescentLine, descentContent, placeApart } from '../../src/labs/kl/viewParts.ts'
import { mixture } from './klReference.ts'

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
    expect(placed(2, 6.976e-18)).toBe('μ\u00a0=\u00a02, σ\u00a0=\u00a06.976\u00a0×\u00a010⁻¹⁸')
    expect(placed(-33.6, 1.1121e16)).toBe('μ\u00a0=\u00a00, σ\u00a0=\u00a01.112\u00a0×\u00a010¹⁶')
    expect(placed(0.00004, 2.7438)).toBe('μ\u00a0=\u00a00, σ\u00a0=\u00a02.7438')
  })
})

describe('what a plot shows', () => {
  const components = mixture([0.5, -3, 1], [0.5, 3, 1])
  const start = { mean: 1.5, sd: 0.5 }
  const forward = { minima: [{ mean: 0, sd: 3.16 }], mean: 0 }
  const domains = (mean: number) => plotDomains(components, start, [{ ...forward, mean }], true)

  it('does not change while a fit runs over it, and once when it leaves', () => {
    for (const mean of [-6, -2.4, 0.1, 1.5, 7]) expect(domains(mean)).toEqual(domains(0))
    const [from, to] = domains(0).x
    const left = domains(-40)
    expect(left.x[0]).toBeLessThan(from)
    expect(left.x[1]).toBe(to)
    expect(domains(-400)).toEqual(left)
  })

  it('holds P and the start, as far as that does not dwarf P', () => {
    const [low, top] = domains(0).y
    expect(low).toBeLessThan(0)
    expect(top).toBeCloseTo(1.15 * 2.5 * 0.19947, 3)
    const merged = mixture([0.5, -0.7, 1], [0.5, 0.7, 1])
    const [, height] = plotDomains(merged, { mean: 0, sd: 2 }, [], false).y
    expect(height / Math.exp(logMixture(merged, 0))).toBeCloseTo(1.15, 9)
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

describe('the descent', () => {
  const line = (values: readonly number[], more: Partial<DescentLine> = {}): DescentLine => ({
    name: 'KL',
    spoken: 'KL',
    role: 'first',
    path: Float32Array.from(values.flatMap((value, step) => [step, 0, 0, value])),
    best: 0.5,
    divergedAt: -1,
    inNats: true,
    ...more,
  })
  const rule = (content: ReturnType<typeof descentContent>) =>
    content.marks.find((mark) => mark.kind === 'rule') as { value: number; name: string }

  it('has room below the best value, which stands in the legend: it covers no curve', () => {
    const content = descentContent([line([20, 2, 0.51])], 2, false, true)
    const [low, high] = content.y.domain as readonly [number, number]
    expect(low).toBeLessThan(0.5 / 1.4)
    expect(high).toBeGreaterThan(20)
    expect(rule(content)).toMatchObject({ value: 0.5, name: 'best 0.5', label: undefined })
    expect(content.note).toBeUndefined()
  })

  it('ends at what float32 resolves, and says so', () => {
    const content = descentContent([line([1, 1e-4, 3e-8, -2e-8], { best: 0 })], 3, false, true)
    const [curve] = content.marks as readonly { y: ArrayLike<number> }[]
    expect(Array.from(curve.y).map((y) => Number(y.toPrecision(3)))).toEqual([1, 1e-4, 1e-6, 1e-6])
    expect(rule(content)).toMatchObject({ value: 1e-6, name: 'best ≈ 0' })
    expect(content.note).toMatch(/^KL: below 10⁻⁶, where float32/)
    const linear = descentContent([line([1, 3e-8], { best: 0 })], 1, false, false)
    expect(linear.note).toBeUndefined()
  })

  it('says which step was the last, what stands at infinity, and what has no unit', () => {
    const lines = [
      line([1, 2], { divergedAt: 1200 }),
      line([Number.POSITIVE_INFINITY], { name: 'χ²', inNats: false }),
    ]
    const { note, y } = descentContent(lines, 1300, true, true)
    expect(note).toMatch(/KL diverged after step 1,200.*χ² is ∞ at its start.*stopped at step 1,300/)
    expect(y.unit).toBe('nats; χ² has no unit')
  })
})

describe('the table of minima', () => {
  type Basins = readonly { divergence: number; share: number }[]
  const table = (starts: number, followed: number, none?: string, rest?: Rest, basins: Basins = []) =>
    basinsContent(basins, {
      columns: [{ label: 'μ' }],
      cells: () => [],
      objective: 'χ²',
      inNats: false,
      starts,
      followed,
      rest,
      none,
      select: () => {},
      selected: () => false,
    })

  it('says what is missing where there is none', () => {
    expect(table(0, 1).empty).toMatch(/above 0/)
    expect(table(512, 0.4).empty).toMatch(/512 starts.*40 %/)
    expect(table(512, 1).empty).toBe('No start ends in a minimum.')
    expect(table(512, 1, 'χ² is ∞').empty).toBe('χ² is ∞')
    expect(table(512, 1).columns).toContainEqual({ label: 'value', unit: undefined })
  })

  it('says which starts end in no minimum, and why', () => {
    const basins = [{ divergence: 0.6, share: 0.5 }]
    const note = (rest: Rest) => table(512, 1, undefined, rest, basins).note
    expect(note({ diverged: 0, held: 0, moving: 0 })).toBe('Choose one: the shown fits start there.')
    expect(note({ diverged: 0, held: 0.094, moving: 0 })).toBe(
      '9.4 % end in no minimum: 9.4 % are held where none is.',
    )
    expect(note({ diverged: 0.25, held: 0, moving: 0.25 })).toBe(
      '50.0 % end in no minimum: 25.0 % diverged, 25.0 % still move.',
    )
    const nowhere = table(512, 1, undefined, { diverged: 1, held: 0, moving: 0 })
    expect(nowhere.empty).toBe('100.0 % end in no minimum: 100.0 % diverged.')
  })
})
