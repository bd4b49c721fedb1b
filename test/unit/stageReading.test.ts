import { describe, expect, test } from 'vitest'
import { createMapping } from '../../src/stage/axis.ts'
import type { ChartContent, Mark } from '../../src/stage/contract.ts'
import { readoutPlace } from '../../src/stage/hover.ts'
import { readAt, stepFrom } from '../../src/stage/reading.ts'
import { createStyle } from '../../src/stage/style.ts'

const frame = {
  x: createMapping('linear', [0, 10], [0, 1000]),
  y: createMapping('linear', [0, 10], [100, 0]),
  plot: { left: 0, top: 0, width: 1000, height: 100 },
  style: createStyle('dark', 1280, 800),
}

const content = (...marks: Mark[]): ChartContent => ({
  x: { label: 'd', scale: 'linear' },
  y: { label: 'loss', unit: 'nats', scale: 'linear' },
  marks,
  description: '',
})

const line: Mark = {
  kind: 'line',
  name: 'theory',
  role: 'theory',
  x: [0, 1, 2, 3],
  y: [5, Infinity, 7.5, Number.NaN],
}
const dots: Mark = { kind: 'dots', name: 'measured', role: 'first', x: [2.05], y: [7.25], error: [0.5] }
const histogram: Mark = {
  kind: 'histogram',
  name: 'count',
  role: 'second',
  edges: [0, 2, 4],
  heights: [3, 9],
}

const read = (pixel: number, ...marks: Mark[]) => {
  const reading = readAt(pixel, frame, content(...marks))
  return reading && { x: reading.x, title: reading.title, rows: reading.rows.map((row) => row.text) }
}

describe('reading a chart', () => {
  test('gives the nearest point itself, with its unit', () => {
    expect(read(190, line)).toEqual({ x: 200, title: 'd 2', rows: ['7.5 nats'] })
  })

  test('says when a value is infinite or not a number', () => {
    expect(read(100, line)?.rows).toEqual(['∞ nats'])
    expect(read(330, line)?.rows).toEqual(['not a number'])
  })

  test('prefers a dot nearby and says where the others were read', () => {
    expect(read(203, line, dots)).toEqual({
      x: 205,
      title: 'd 2.05',
      rows: ['7.5 nats (at 2)', '7.25 ± 0.50 nats'],
    })
  })

  test('writes the place of another point in four digits', () => {
    const curve: Mark = { ...line, x: [2.0749123], y: [7] }
    expect(read(203, curve, dots)?.rows).toEqual(['7 nats (at 2.075)', '7.25 ± 0.50 nats'])
  })

  test('writes a dot no farther than its error leaves', () => {
    const rough: Mark = { ...dots, y: [7.123456], error: [0.0234] }
    expect(read(203, rough)?.rows).toEqual(['7.123 ± 0.023 nats'])
    expect(read(203, { ...rough, error: [0] })?.rows).toEqual(['7.1235 nats'])
  })

  test('leaves out dots that are far away', () => {
    expect(read(10, line, dots)?.rows).toEqual(['5 nats'])
  })

  test('reads a bin by its edges', () => {
    expect(read(390, histogram)).toEqual({ x: 300, title: 'd 2 … 4', rows: ['9 nats'] })
  })

  test('includes rules by their label', () => {
    const rule: Mark = { kind: 'rule', axis: 'y', value: 10.8, label: 'ln V', role: 'theory' }
    expect(read(0, line, rule)?.rows).toEqual(['5 nats', '10.8 nats'])
  })

  test('finds nothing where there is nothing', () => {
    expect(read(10)).toBeUndefined()
    expect(read(10, { ...line, name: undefined })).toBeUndefined()
    expect(read(10, { ...line, x: [], y: [] })).toBeUndefined()
    expect(read(10, { ...line, x: [Number.NaN], y: [1] })).toBeUndefined()
  })
})

describe('the place of the read-out', () => {
  const room = { width: 450, height: 160 }

  test('is beside the crosshair at the top', () => {
    expect(readoutPlace({ width: 150, height: 60 }, room, 100, [0, 100], [])).toEqual({ left: 114, top: 0 })
    expect(readoutPlace({ width: 150, height: 60 }, room, 400, [0, 100], [])).toEqual({ left: 236, top: 0 })
  })

  test('covers no point that another side or corner leaves free', () => {
    const size = { width: 300, height: 80 }
    expect(readoutPlace(size, room, 220, [0, 80], [{ x: 220, y: 30 }])).toEqual({ left: 150, top: 80 })
    expect(readoutPlace(size, room, 220, [0, 80], [{ x: 220, y: 140 }])).toEqual({ left: 150, top: 0 })
    expect(readoutPlace({ width: 150, height: 150 }, room, 200, [0, 10], [{ x: 230, y: 40 }])).toEqual({
      left: 36,
      top: 0,
    })
  })
})

describe('stepping through a chart', () => {
  const both = content(line, dots)
  test('visits every point once, in both directions', () => {
    const visited = []
    for (let at = stepFrom(-1, 1, frame, both); at !== undefined; at = stepFrom(at, 1, frame, both))
      visited.push(at)
    expect(visited.map(Math.round)).toEqual([0, 100, 200, 205, 300])
    expect(stepFrom(300, -1, frame, both)).toBeCloseTo(205)
    expect(stepFrom(0, -1, frame, both)).toBeUndefined()
  })
})
