import { describe, expect, test } from 'vitest'
import type { DiagramBox, DiagramContent } from '../../src/stage/contract.ts'
import {
  brokenLines,
  lanes,
  layoutDiagram,
  type PlacedBox,
  particlesAt,
  segmentBetween,
  type Type,
} from '../../src/stage/diagramGeometry.ts'
import { drawDiagram, particlePath } from '../../src/stage/diagramShapes.ts'
import type { TextMeasure } from '../../src/stage/labels.ts'
import { createStyle } from '../../src/stage/style.ts'

const type: Type = { font: 13, line: 16, measure: (text) => text.length * 7 }
const box = (id: string, x: number, y: number, more: Partial<DiagramBox> = {}): DiagramBox => ({
  id,
  x,
  y,
  width: 16,
  height: 10,
  label: id,
  shape: 'box',
  role: 'neutral',
  ...more,
})
const content = (...boxes: DiagramBox[]): DiagramContent => ({
  width: 100,
  height: 50,
  boxes,
  arrows: [],
  description: '',
})
const placed = (x: number, y: number, width: number, height: number, shape: DiagramBox['shape'] = 'box') =>
  ({ box: box('any', 0, 0, { shape }), x, y, width, height, label: [], value: [] }) satisfies PlacedBox

/** Distance of a point from a box's border; negative inside. */
const beyond = ({ x, y, width, height }: PlacedBox, point: { x: number; y: number }) =>
  Math.max(Math.abs(point.x - x) - width / 2, Math.abs(point.y - y) - height / 2)

describe('arrows between boxes', () => {
  test.each([0, 6, -6])('begin and end at the borders, %d pixels aside', (aside) => {
    const from = placed(100, 100, 60, 40)
    for (const [x, y] of [
      [300, 100],
      [100, 300],
      [-80, 20],
      [180, -90],
      [40, 260],
    ]) {
      const to = placed(x, y, 50, 30)
      const segment = segmentBetween(from, to, aside)
      expect(segment).toBeDefined()
      if (!segment) continue
      expect(beyond(from, segment.from)).toBeCloseTo(0, 9)
      expect(beyond(to, segment.to)).toBeCloseTo(0, 9)
      // to the right in the direction of the arrow; y points downward
      const [dx, dy] = [to.x - from.x, to.y - from.y]
      const [px, py] = [segment.from.x - from.x, segment.from.y - from.y]
      expect((dx * py - dy * px) / Math.hypot(dx, dy)).toBeCloseTo(aside, 9)
    }
  })

  test('end at the rim of a circle', () => {
    const circle = placed(200, 150, 40, 40, 'operator')
    const segment = segmentBetween(placed(0, 0, 20, 20), circle, 7)
    expect(Math.hypot((segment?.to.x ?? 0) - 200, (segment?.to.y ?? 0) - 150)).toBeCloseTo(20, 9)
  })

  test('are left out between boxes that touch, or that lie on each other', () => {
    expect(segmentBetween(placed(0, 0, 50, 50), placed(50, 0, 50, 50), 0)).toBeUndefined()
    expect(segmentBetween(placed(0, 0, 50, 50), placed(0, 0, 50, 50), 0)).toBeUndefined()
  })

  test('lie beside each other where several join the same boxes, whichever way they point', () => {
    const arrows = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
      { from: 'b', to: 'c' },
    ]
    const [forth, back, alone] = lanes(arrows, 10)
    // the second arrow has the opposite direction, so that its right is the left of the first
    expect([forth, back, alone]).toEqual([-5, -5, expect.closeTo(0)])
  })
})

describe('the layout of a diagram', () => {
  const room = { width: 600, height: 300 }

  test('keeps boxes inside the room, apart, and in line', () => {
    const boxes = [
      box('x', 8, 25),
      box('encoder', 28, 25),
      box('μ', 50, 10, { value: '(1.234, −0.456)' }),
      box('σ', 50, 40, { value: '(0.123, 0.456)' }),
      box('Z', 72, 25, { cloud: { x: [0], y: [0] } }),
      box('decoder', 92, 25),
    ]
    const layout = layoutDiagram(content(...boxes), room, type)
    expect(layout.width).toBeLessThanOrEqual(room.width)
    expect(layout.height).toBeLessThanOrEqual(room.height)
    for (const [index, a] of layout.boxes.entries()) {
      expect(a.x - a.width / 2).toBeGreaterThanOrEqual(0)
      expect(a.x + a.width / 2).toBeLessThanOrEqual(room.width)
      expect(a.y - a.height / 2).toBeGreaterThanOrEqual(0)
      expect(a.y + a.height / 2).toBeLessThanOrEqual(room.height)
      for (const b of layout.boxes.slice(index + 1)) {
        const across = Math.abs(a.x - b.x) - (a.width + b.width) / 2
        const down = Math.abs(a.y - b.y) - (a.height + b.height) / 2
        expect(Math.max(across, down)).toBeGreaterThan(10)
      }
      // every text is inside its box
      for (const text of [...a.label, ...a.value]) expect(type.measure(text, 400)).toBeLessThan(a.width)
      expect((a.label.length + a.value.length) * type.line).toBeLessThan(a.height)
    }
    expect(layout.boxes[2].x).toBe(layout.boxes[3].x)
    expect(layout.boxes[0].y).toBe(layout.boxes[5].y)
  })

  test('needs more than the room only where the texts do not fit into it', () => {
    const boxes = Array.from({ length: 6 }, (_, index) => box('a long word', 8 + 17 * index, 25))
    const narrow = layoutDiagram(content(...boxes), { width: 150, height: 300 }, type)
    expect(narrow.width).toBeGreaterThan(150)
    const centres = narrow.boxes.map(({ x }) => x)
    expect(centres).toEqual([...centres].sort((a, b) => a - b))
    const last = narrow.boxes[5]
    expect(last.x + last.width / 2).toBeLessThanOrEqual(narrow.width)
    expect(layoutDiagram(content(), room, type)).toMatchObject({ boxes: [], width: 0, height: 0 })
  })

  test('breaks texts at spaces only', () => {
    const measure = (text: string) => text.length
    expect(brokenLines('one two three', 7, measure)).toEqual(['one two', 'three'])
    expect(brokenLines('immeasurable x', 4, measure)).toEqual(['immeasurable', 'x'])
  })
})

describe('particles', () => {
  test('set out one after the other, each value in its turn, and keep their distance', () => {
    const begun = new Set<number>()
    for (let seconds = 0; seconds < 12; seconds += 0.05) {
      const now = particlesAt(seconds, 7, 4)
      expect(new Set(now.map(({ index }) => index)).size).toBe(4)
      for (const [place, { index, share }] of now.entries()) {
        begun.add(index)
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThan(1)
        if (place > 0) expect(share - now[place - 1].share).toBeCloseTo(1 / 4, 9)
      }
    }
    expect(begun.size).toBe(7)
  })

  test('keep their side of the line, and are left out where they have none', () => {
    const line = { from: { x: 0, y: 0 }, to: { x: 100, y: 0 } }
    const way = { line, role: 'third', opacity: 1, spread: 5, size: 4 } as const
    const heights = (values: number[]) =>
      [...particlePath({ ...way, values }, 1).matchAll(/M([-\d.]+) ([-\d.]+)h0/g)].map(([, x, y]) => {
        expect(Number(x)).toBeGreaterThanOrEqual(0)
        expect(Number(x)).toBeLessThanOrEqual(100)
        return Number(y)
      })
    expect(heights([0.5, Number.NaN]).sort()).toEqual([2.5])
    expect(heights([9, -9]).sort()).toEqual([-5, 5])
  })

  test('end at the cross of an arrow that lets nothing pass, and run backward where asked', () => {
    const style = createStyle('dark', 1280, 800)
    const measure = { width: (text: string) => text.length * 7, height: 16 } as TextMeasure
    const draw = (more: object) => {
      const asked = {
        ...content(box('a', 10, 25), box('b', 90, 25)),
        arrows: [{ from: 'a', to: 'b', role: 'first', flow: [0], ...more } as const],
      }
      const layout = layoutDiagram(asked, { width: 600, height: 300 }, type)
      return { ways: drawDiagram(asked, layout, style, measure).ways, layout }
    }
    const { ways, layout } = draw({})
    const [a, b] = layout.boxes
    const right = a.x + a.width / 2
    const left = b.x - b.width / 2
    expect(ways[0].line.from.x).toBeCloseTo(right, 6)
    expect(ways[0].line.to.x).toBeCloseTo(left, 6)
    const [back] = draw({ backward: true, blocked: true }).ways
    expect(back.line.from.x).toBeCloseTo(left, 6)
    expect(back.line.to.x).toBeCloseTo((left + right) / 2, 6)
    expect(draw({ to: 'nowhere' }).ways).toEqual([])
  })
})

describe('a diagram that can stand upright', () => {
  const wide: DiagramContent = {
    ...content(box('first', 10, 25), box('second', 50, 25), box('third', 90, 25)),
    upright: { width: 50, height: 100, centres: { first: [25, 15], second: [25, 50], third: [25, 85] } },
  }

  test('does so where its boxes do not fit beside each other', () => {
    const { boxes, width } = layoutDiagram(wide, { width: 120, height: 300 }, type)
    expect(width).toBeLessThanOrEqual(120)
    expect(new Set(boxes.map(({ x }) => x)).size).toBe(1)
    expect(boxes[0].y).toBeLessThan(boxes[1].y)
    expect(boxes[1].y).toBeLessThan(boxes[2].y)
  })

  test('lies where they fit', () => {
    const { boxes } = layoutDiagram(wide, { width: 400, height: 300 }, type)
    expect(new Set(boxes.map(({ y }) => y)).size).toBe(1)
  })
})
