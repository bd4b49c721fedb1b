import { describe, expect, it } from 'vitest'
import { chartSheets, chosen, sceneSheets } from '../../src/stage/asTable.ts'
import type { ChartContent } from '../../src/stage/contract.ts'

const axis = { label: 'step', scale: 'linear' } as const
const loss = { label: 'loss', unit: 'nats', scale: 'log' } as const

describe('a chart as tables', () => {
  const content: ChartContent = {
    x: axis,
    y: loss,
    description: '',
    marks: [
      { kind: 'line', name: 'A', role: 'first', x: [0, 1, 2], y: [9, 8, Number.POSITIVE_INFINITY] },
      { kind: 'dots', name: 'B', role: 'second', x: [1], y: [7.5], error: [0.25] },
      { kind: 'rule', name: 'ln V', role: 'neutral', axis: 'y', value: 6.9 },
      // a path that goes back
      { kind: 'line', name: 'descent', role: 'third', x: [1, 0, 1], y: [1, 2, 3] },
    ],
  }

  it('has a column for each curve, and a row for each x, with units', () => {
    const [rules, curves, path, ...others] = chartSheets(content)
    expect(rules.rows).toEqual([['ln V', '6.9']])
    expect(curves.columns).toEqual(['step', 'A', 'B'])
    expect(curves.caption).toContain('nats')
    expect(curves.rows).toEqual([
      ['0', '9', ''],
      ['1', '8', '7.5 ± 0.25'],
      ['2', '∞', ''],
    ])
    expect(path).toMatchObject({ caption: 'descent', columns: ['step', 'loss (nats)'] })
    expect(path.rows).toHaveLength(3)
    expect(others).toEqual([])
  })

  it('says how many values it leaves out', () => {
    const x = Array.from({ length: 5000 }, (_, index) => index)
    const [sheet] = chartSheets({ ...content, marks: [{ kind: 'line', name: 'A', role: 'first', x, y: x }] })
    expect(sheet.rows).toHaveLength(100)
    expect(sheet.caption).toContain('100 of 5,000 values')
    expect(sheet.rows.at(-1)).toEqual(['4,999', '4,999'])
  })

  it('names the dots that can be read one by one', () => {
    const [sheet] = chartSheets({
      ...content,
      marks: [{ kind: 'dots', role: 'first', x: [3, 1], y: [5, 6] }],
      pick: { mark: 0, read: (index) => ({ title: `image ${index}`, rows: [] }) },
    })
    expect(sheet.columns).toEqual(['dot', 'step', 'loss (nats)'])
    expect(sheet.rows).toEqual([
      ['image 0', '3', '5'],
      ['image 1', '1', '6'],
    ])
  })

  it('reads a histogram at the middles of its columns', () => {
    const [sheet] = chartSheets({
      ...content,
      marks: [{ kind: 'histogram', name: 'A', role: 'first', edges: [0, 2, 4], heights: [5, 6] }],
    })
    expect(sheet.rows).toEqual([
      ['1', '5'],
      ['3', '6'],
    ])
  })
})

describe('a scene as tables', () => {
  it('tells the highest bar of each row', () => {
    const field = { rows: 2, columns: 3, heights: [1, 9, 2, 4, 3, 0], role: 'first', name: 'A' } as const
    const [sheet] = sceneSheets({
      fields: [field],
      height: { label: 'p', unit: '%', scale: 'linear', domain: [0, 10] },
      rowLabel: 'token',
      columnLabel: 'word',
      description: '',
      hover: () => '',
    })
    expect(sheet.columns).toEqual(['token', 'word of the highest bar', 'p (%)'])
    expect(sheet.rows).toEqual([
      ['1', '2', '9'],
      ['2', '1', '4'],
    ])
  })

  it('tells the ends of a surface, its paths and its points', () => {
    const [ends, path] = sceneSheets({
      kind: 'surface',
      x: { label: 'μ', scale: 'linear' },
      y: { label: 'σ', scale: 'linear' },
      height: { label: 'KL', scale: 'linear', domain: [0, 1] },
      surfaces: [{ name: 'KL', role: 'first', x: [0, 1], y: [5, 6], heights: [4, Number.NaN, 1, 8] }],
      paths: [{ name: 'descent', role: 'first', x: [0, 1], y: [5, 6], heights: [4, 8] }],
      points: [],
      description: '',
    })
    expect(ends.rows).toEqual([
      ['KL, lowest point', '0', '6', '1'],
      ['KL, highest point', '1', '6', '8'],
    ])
    expect(path.rows).toEqual([
      ['0', '5', '4'],
      ['1', '6', '8'],
    ])
  })
})

it('chooses evenly, with both ends', () => {
  expect(chosen(3, 5)).toEqual([0, 1, 2])
  expect(chosen(9, 3)).toEqual([0, 4, 8])
})
