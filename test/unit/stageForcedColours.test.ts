import { expect, it } from 'vitest'
import { forcedPalette, themeOf } from '../../src/stage/forcedColours.ts'
import { palette } from '../../src/stage/palette.ts'

/** Two of the contrast themes of Windows: Night sky, and Desert. */
const system = {
  night: { Canvas: '#000000', CanvasText: '#ffffff', Highlight: '#d6b4fd' },
  desert: { Canvas: '#fffaef', CanvasText: '#3d3d3d', Highlight: '#903909' },
}

it.each([
  ['night', 'dark'],
  ['desert', 'projector'],
] as const)('takes the surfaces of %s and the marks of the %s theme', (name, theme) => {
  const colours: Readonly<Record<string, string>> = system[name]
  const forced = forcedPalette((one) => colours[one])
  expect(forced).toMatchObject({
    background: colours.Canvas,
    panel: colours.Canvas,
    text: colours.CanvasText,
    accent: colours.Highlight,
  })
  expect(forced.roles).toEqual({ ...palette(theme).roles, theory: colours.CanvasText })
  expect(themeOf(forced.panel)).toBe(theme)
})
