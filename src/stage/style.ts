/** The theme's colours and lengths at the size at which the stage is shown. */
import type { ThemeName } from './contract.ts'
import { type Palette, palette, themeMeasures } from './palette.ts'

export interface Style {
  readonly theme: ThemeName
  readonly palette: Palette
  /** CSS pixels. */
  readonly font: number
  readonly line: number
  readonly dashedLine: number
  readonly grid: number
  readonly dot: number
  /** What a width asked for by a mark is multiplied by. */
  readonly thickness: number
  readonly fillOpacity: number
  /** Little height a panel: axes take less of it. */
  readonly compact: boolean
}

/** How much larger everything is on a stage of this size: 1 up to a usual window, more on a 4K projector. */
function stageScale(width: number, height: number): number {
  const scale = Math.min(width / 1500, height / 840)
  return Number.isFinite(scale) ? Math.max(1, Math.min(2.6, scale)) : 1
}

export function createStyle(theme: ThemeName, width: number, height: number): Style {
  const measures = themeMeasures(theme)
  const scale = stageScale(width, height)
  // a little slower than the type: lines that grow as quickly look clumsy
  const thickness = scale ** 0.8
  return {
    theme,
    palette: palette(theme),
    font: Math.round(measures.font * scale * 2) / 2,
    line: measures.line * thickness,
    dashedLine: measures.dashedLine * thickness,
    grid: measures.grid * thickness,
    dot: measures.dot * thickness,
    thickness: thickness * (theme === 'projector' ? 1.6 : 1),
    compact: false,
    fillOpacity: theme === 'projector' ? 0.2 : 0.26,
  }
}
