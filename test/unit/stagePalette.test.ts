import { describe, expect, test } from 'vitest'
import type { Role, ThemeName } from '../../src/stage/contract.ts'
import { channels, mixColours, palette } from '../../src/stage/palette.ts'

/** Light intensity of an sRGB channel: 0…255 → 0…1. */
function linearChannel(value: number): number {
  const share = value / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map(linearChannel)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Contrast ratio of the Web Content Accessibility Guidelines, 1…21. */
function contrast(first: string, second: string): number {
  const a = luminance(first)
  const b = luminance(second)
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

type Matrix = readonly (readonly number[])[]

/**
 * Full dichromacy after Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of
 * Color Vision Deficiency" (2009), on linear RGB.
 */
const visions: Readonly<Record<string, Matrix>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

const times = (matrix: Matrix, vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, value, index) => sum + value * vector[index], 0))

/** Björn Ottosson's Oklab: distances in it are roughly as large as they look. */
function oklab(linear: readonly number[]): number[] {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    linear,
  ).map((value) => Math.cbrt(Math.max(0, value)))
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  )
}

function seenDistance(first: string, second: string, vision: Matrix): number {
  const [a, b] = [first, second].map((colour) => oklab(times(vision, channels(colour).map(linearChannel))))
  return Math.hypot(...a.map((value, index) => value - b[index]))
}

const isCategory = (role: Role) => role.startsWith('basin')
const isClass = (role: Role) => role.startsWith('class')

function expectApart(compared: readonly (readonly [Role, string])[], vision: Matrix, least: number): void {
  for (const [index, [first, a]] of compared.entries())
    for (const [second, b] of compared.slice(index + 1))
      expect(seenDistance(a, b, vision), `${first} and ${second}`).toBeGreaterThan(least)
}

describe.each<ThemeName>(['dark', 'projector'])('the %s palette', (theme) => {
  const colours = palette(theme)
  const roles = Object.entries(colours.roles) as [Role, string][]

  test.each(['text', 'muted'] as const)('%s is readable on panel and page', (name) => {
    expect(contrast(colours[name], colours.panel)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colours[name], colours.background)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(roles)('marks and labels of role %s stand out from the panel', (role, colour) => {
    // classes are colours of dots, lines and cells, never of text: graphics need 3 (WCAG 1.4.11)
    expect(contrast(colour, colours.panel)).toBeGreaterThanOrEqual(isClass(role) ? 3 : 4.5)
  })

  test.each(Object.entries(visions))('the roles of one chart stay apart in %s vision', (_, vision) => {
    // without neutral, which is for the background and not for comparisons
    expectApart(
      roles.filter(([role]) => role !== 'neutral' && !isCategory(role) && !isClass(role)),
      vision,
      0.08,
    )
  })

  test.each(Object.entries(visions))('the categories of one chart stay apart in %s vision', (_, vision) => {
    const categories = roles.filter(([role]) => isCategory(role))
    expect(categories).toHaveLength(6)
    // small dots must differ more than lines
    expectApart(categories, vision, 0.12)
    for (const [role, colour] of categories)
      expect(seenDistance(colour, colours.roles.neutral, vision), `${role} and neutral`).toBeGreaterThan(0.05)
  })

  // as different as ten colours can be: clear for most eyes; for others still more different than lines must be
  test.each(Object.entries(visions))('ten classes stay apart in %s vision', (name, vision) => {
    const classes = roles.filter(([role]) => isClass(role))
    expect(classes).toHaveLength(10)
    expectApart(classes, vision, name === 'full' ? 0.18 : 0.09)
  })
})

test('contrast has the ends of its definition', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6)
  expect(contrast('#5bb8f5', '#5bb8f5')).toBe(1)
})

test('mixing goes from the first colour to the second', () => {
  expect(mixColours('#102030', '#ffffff', 0)).toBe('#102030')
  expect(mixColours('#102030', '#ffffff', 1)).toBe('#ffffff')
  expect(mixColours('#000000', '#ffffff', 0.5)).toBe('#808080')
})
