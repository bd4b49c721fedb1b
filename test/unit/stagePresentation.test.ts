/** Which panels are shown while presenting, where, and how large their type is. */
import { describe, expect, it } from 'vitest'
import { presentedStyle, rowsOf, shownPanels } from '../../src/stage/presentation.ts'
import { createStyle } from '../../src/stage/style.ts'

describe('panels while presenting', () => {
  it.each([
    [1, 1900, 900, [1]],
    [2, 1900, 900, [2]],
    [2, 1020, 560, [2]],
    [2, 360, 500, [1, 1]],
    [3, 1900, 870, [3]],
    [3, 1020, 560, [2, 1]],
    [3, 360, 900, [1, 1, 1]],
    [4, 1900, 900, [2, 2]],
    [6, 1900, 900, [3, 3]],
  ])('%d of them at %d × %d are in rows of %j', (panels, width, height, rows) => {
    expect(rowsOf(panels, width, height).counts).toEqual(rows)
  })

  it('are the one that fills the stage, else the lit ones, else all', () => {
    const panels = ['a', 'b', 'c'].map((id) => ({ id }))
    const ids = (lit: readonly string[], filling?: string) =>
      shownPanels(panels, lit, filling)
        .map(({ id }) => id)
        .join('')
    expect(ids(['b', 'c'], 'a')).toBe('a')
    expect(ids(['c', 'b'])).toBe('bc')
    expect(ids([])).toBe('abc')
    // another view of the lab has other panels
    expect(ids(['d'], 'e')).toBe('abc')
  })

  it.each(['dark', 'projector'] as const)('the last row reads them in the %s theme', (theme) => {
    for (const height of [720, 768, 1080, 2160]) {
      const style = presentedStyle(createStyle(theme, (height * 16) / 9, height * 0.7), height)
      expect(style.font).toBeGreaterThanOrEqual(height / 45)
      for (const width of [style.line * 0.75, style.dashedLine, style.leastLine])
        expect(width).toBeGreaterThanOrEqual((3 / 1080) * height - 1e-9)
    }
  })
})
