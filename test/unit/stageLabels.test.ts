import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMapping } from '../../src/stage/axis.ts'
import type { Mark } from '../../src/stage/contract.ts'
import {
  overlaps,
  placeLabels,
  type Rectangle,
  type TextMeasure,
  withoutCollisions,
} from '../../src/stage/labels.ts'
import { ruleLabels } from '../../src/stage/ruleLabels.ts'
import { createStyle } from '../../src/stage/style.ts'

const box = (left: number, top: number, width = 10, height = 10): Rectangle => ({ left, top, width, height })
const bounds = box(0, 0, 200, 100)

describe('labels that may be dropped', () => {
  test('the first of two that touch stays', () => {
    expect(withoutCollisions([box(0, 0), box(5, 0), box(20, 0)], 0)).toEqual([true, false, true])
  })

  test('the order decides who is first', () => {
    expect(withoutCollisions([box(0, 0), box(5, 0), box(20, 0)], 0, [1, 0, 2])).toEqual([false, true, true])
  })

  test('a gap counts as touching', () => {
    expect(withoutCollisions([box(0, 0), box(12, 0)], 4)).toEqual([true, false])
  })

  test('what is kept never overlaps', () => {
    const number = fc.integer({ min: 0, max: 100 })
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number)), (places) => {
        const rectangles = places.map(([left, top]) => box(left, top))
        const flags = withoutCollisions(rectangles, 0)
        const kept = rectangles.filter((_, index) => flags[index])
        for (const [index, first] of kept.entries())
          for (const second of kept.slice(index + 1)) expect(overlaps(first, second)).toBe(false)
      }),
    )
  })
})

describe('labels with a choice of places', () => {
  test('the preferred place is taken where it is free', () => {
    expect(placeLabels([[box(50, 50), box(0, 0)]], bounds)).toEqual([box(50, 50)])
  })

  test('the next place where the first would be cut off or taken', () => {
    expect(placeLabels([[box(195, 50), box(0, 0)]], bounds)).toEqual([box(0, 0)])
    expect(placeLabels([[box(50, 50)], [box(52, 50), box(80, 50)]], bounds)).toEqual([
      box(50, 50),
      box(80, 50),
    ])
  })

  test('none where all are taken or outside', () => {
    expect(placeLabels([[box(50, 50)], [box(50, 50)]], bounds)).toEqual([box(50, 50), undefined])
    expect(placeLabels([[box(250, -20, 60, 30)]], bounds)).toEqual([undefined])
  })

  test('the place that covers the least', () => {
    const dots = [box(50, 50), box(55, 50), box(0, 0)]
    expect(placeLabels([[box(50, 50), box(0, 0)]], bounds, dots)).toEqual([box(0, 0)])
    expect(placeLabels([[box(50, 50), box(0, 0), box(90, 0)]], bounds, dots)).toEqual([box(90, 0)])
  })

  test('a line is covered before a dot is, and not where another place is free', () => {
    const [dots, lines] = [[box(0, 0)], [box(50, 50), box(55, 50)]]
    expect(placeLabels([[box(0, 0), box(50, 50)]], bounds, dots, lines)).toEqual([box(50, 50)])
    expect(placeLabels([[box(50, 50), box(90, 0)]], bounds, dots, lines)).toEqual([box(90, 0)])
  })
})

describe('the labels of rules', () => {
  const frame = {
    x: createMapping('linear', [0, 10], [0, 400]),
    y: createMapping('linear', [10, 12], [100, 0]),
    plot: box(0, 0, 400, 100),
    style: createStyle('dark', 1280, 800),
  }
  const measure = { width: (text: string) => text.length * 8, height: 16, size: 13 } as TextMeasure
  const rule = (value: number): Mark => ({
    kind: 'rule',
    axis: 'y',
    value,
    role: 'neutral',
    label: `ln ${value}`,
  })
  const place = (...marks: Mark[]) =>
    new Map(ruleLabels(marks, frame, measure).map(({ text, x, y }) => [text, box(x, y, text.length * 8, 16)]))
  const away = (value: number, { top, height }: Rectangle) => Math.abs(frame.y(value) - top - height / 2)

  test('stand at their own rule, however close the next one is, or nowhere', () => {
    const value = fc.double({ min: 10, max: 12, noNaN: true })
    fc.assert(
      fc.property(fc.uniqueArray(value, { maxLength: 5 }), (values) => {
        const placed = place(...values.map(rule))
        for (const own of values) {
          const label = placed.get(`ln ${own}`)
          if (label)
            expect(away(own, label)).toBeLessThanOrEqual(
              Math.min(...values.map((one) => away(one, label))) + 0.5,
            )
        }
      }),
    )
  })

  test('share a label where there is no place for one each', () => {
    const texts = (...values: number[]) => [...place(...values.map(rule)).keys()]
    expect(texts(10, 10.05)).toEqual(['ln 10, ln 10.05'])
    // in the middle of the plot, one label is above and the other below
    expect(texts(11, 11.05)).toEqual(['ln 11', 'ln 11.05'])
    expect(texts(10.98, 11, 11.05, 11.9)).toEqual(['ln 10.98, ln 11', 'ln 11.05', 'ln 11.9'])
    // if a line has no room for both, only their names are shown
    const named = (value: number, name: string): Mark =>
      ({ ...rule(value), label: `${name} = ${value}` }) as Mark
    const long = [named(10, 'the logarithm of V'), named(10.05, 'the same and a half')]
    expect([...place(...long).keys()]).toEqual(['the logarithm of V, the same and a half'])
    // these names have no room either
    const longest = [rule(10.05), named(10, 'the logarithm of the number of words in the')]
    expect([...place(...longest).keys()]).toEqual(['ln 10.05'])
    // labels far apart are not joined
    expect(texts(10, 12)).toEqual(['ln 10', 'ln 12'])
  })

  test('keep off the dots where there is another place', () => {
    const dots: Mark = { kind: 'dots', role: 'first', x: [9, 9.5, 9], y: [11.2, 10.8, 10.8] }
    const label = place(rule(11), dots).get('ln 11') as Rectangle
    expect(label.left + label.width).toBeLessThan(frame.x(9))
    expect(away(11, label)).toBeLessThan(16)
  })

  test('keep off a curve, also between two of its points', () => {
    const line: Mark = { kind: 'line', role: 'first', x: [0, 10], y: [11.2, 11.2] }
    const above = place(rule(11)).get('ln 11') as Rectangle
    expect(above.top).toBeLessThan(frame.y(11))
    const label = place(rule(11), line).get('ln 11') as Rectangle
    expect(label.top).toBeGreaterThan(frame.y(11))
  })
})
