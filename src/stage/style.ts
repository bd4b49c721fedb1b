/** The theme's colours and lengths, at the present size of the stage. */
import type { ThemeName } from './contract.ts'
import { presentPalette, themeOf } from './forcedColours.ts'
import { type Palette, themeMeasures } from './palette.ts'

export interface Style {
  /** The theme whose ground is as light or dark as that of the palette. */
  readonly theme: ThemeName
  readonly palette: Palette
  /** CSS pixels. */
  readonly font: number
  readonly line: number
  readonly dashedLine: number
  readonly grid: number
  readonly dot: number
  /** Factor on a width that a mark asks for. */
  readonly thickness: number
  /** No line of a chart is thinner than this. */
  readonly leastLine: number
  readonly fillOpacity: number
  /** Whether panels have little height, so that axes take less of it. */
  readonly compact: boolean
}

/** Scale of all lengths on a stage of this size: 1 up to a usual window, more on a 4K projector. */
function stageScale(width: number, height: number): number {
  const scale = Math.min(width / 1500, height / 840)
  return Number.isFinite(scale) ? Math.max(1, Math.min(2.6, scale)) : 1
}

/** The style of a curve that stands out. */
export const strong = (style: Style): Style => ({
  ...style,
  line: 1.7 * style.line,
  dashedLine: 1.7 * style.dashedLine,
  thickness: 1.7 * style.thickness,
  dot: 1.25 * style.dot,
})

export function createStyle(theme: ThemeName, width: number, height: number): Style {
  const measures = themeMeasures(theme)
  const palette = presentPalette(theme)
  const scale = stageScale(width, height)
  // grows a little slower than the font: lines that grow as fast look clumsy
  const thickness = scale ** 0.8
  return {
    theme: themeOf(palette.panel),
    palette,
    font: Math.round(measures.font * scale * 2) / 2,
    line: measures.line * thickness,
    dashedLine: measures.dashedLine * thickness,
    grid: measures.grid * thickness,
    dot: measures.dot * thickness,
    thickness: thickness * (theme === 'projector' ? 1.6 : 1),
    leastLine: 0,
    compact: false,
    fillOpacity: theme === 'projector' ? 0.2 : 0.26,
  }
}
