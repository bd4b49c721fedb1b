/**
 * The colours of all roles, and sizes, in both themes. Hues follow Okabe and Ito's set for colour-blind readers;
 * test/unit/stagePalette.test.ts checks the contrasts.
 */
import type { Role, ThemeName } from './contract.ts'

export interface Palette {
  readonly background: string
  readonly panel: string
  readonly text: string
  readonly muted: string
  readonly border: string
  readonly grid: string
  readonly accent: string
  readonly roles: Readonly<Record<Role, string>>
}

/** Lengths in CSS pixels at scale 1. */
export interface Measures {
  readonly font: number
  readonly line: number
  readonly dashedLine: number
  readonly grid: number
  readonly dot: number
}

const palettes: Readonly<Record<ThemeName, Palette>> = {
  dark: {
    background: '#0c1116',
    panel: '#141b23',
    text: '#e9eef4',
    muted: '#a3b1c2',
    border: '#28323e',
    grid: '#222c37',
    accent: '#5cabfb',
    roles: {
      truth: '#93dd95',
      first: '#5cabfb',
      second: '#f46a28',
      theory: '#eef3f8',
      third: '#c07fb4',
      neutral: '#8b9bad',
      basin1: '#0cfccc',
      basin2: '#fcc000',
      basin3: '#d824fc',
      basin4: '#fc4824',
      basin5: '#cca8fc',
      basin6: '#249c78',
      class0: '#0084fc',
      class1: '#00fcfc',
      class2: '#489c6c',
      class3: '#e49c0c',
      class4: '#9cb4fc',
      class5: '#f000fc',
      class6: '#9cf024',
      class7: '#fc3024',
      class8: '#b46cb4',
      class9: '#fcd8b4',
    },
  },
  projector: {
    background: '#eef1f4',
    panel: '#ffffff',
    text: '#10161d',
    muted: '#47525f',
    border: '#c9d1da',
    grid: '#e2e7ec',
    accent: '#0b5cc0',
    roles: {
      truth: '#237f5a',
      first: '#146fdc',
      second: '#c64a00',
      theory: '#10161d',
      third: '#80348e',
      neutral: '#667281',
      basin1: '#0c78c0',
      basin2: '#306000',
      basin3: '#9000fc',
      basin4: '#e4006c',
      basin5: '#1800a8',
      basin6: '#60003c',
      class0: '#0c00fc',
      class1: '#6c90e4',
      class2: '#0c7854',
      class3: '#c08400',
      class4: '#0c3c60',
      class5: '#fc0c9c',
      class6: '#6c00a8',
      class7: '#cc1800',
      class8: '#b424fc',
      class9: '#6c0c18',
    },
  },
}

const measures: Readonly<Record<ThemeName, Measures>> = {
  dark: { font: 13, line: 2, dashedLine: 1.75, grid: 1, dot: 8 },
  projector: { font: 18, line: 3.5, dashedLine: 3, grid: 1.5, dot: 11 },
}

/** Names of the roles in a fixed order, so that a shader can use a role's index. */
export const roleNames = Object.keys(palettes.dark.roles) as readonly Role[]

export function palette(theme: ThemeName): Palette {
  return palettes[theme]
}

export function themeMeasures(theme: ThemeName): Measures {
  return measures[theme]
}

type Channels = readonly [number, number, number]

export function channels(colour: string): Channels {
  const value = Number.parseInt(colour.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

/** Mixes two colours; `share` is the share of the second. */
export function mixColours(first: string, second: string, share: number): string {
  const a = channels(first)
  const b = channels(second)
  const mixed = a.map((value, index) => Math.round(value + (b[index] - value) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
