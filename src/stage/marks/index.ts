/** One drawing for each mark. Its buffers live as long as the mark keeps its place and kind in the list. */
import type { Mark } from '../contract.ts'
import { AreaDrawing } from './area.ts'
import { DotsDrawing } from './dots.ts'
import type { Layers, MarkDrawing } from './drawing.ts'
import { HistogramDrawing } from './histogram.ts'
import { LineDrawing } from './line.ts'
import { RasterDrawing } from './raster.ts'
import { RuleDrawing } from './rule.ts'

export function createDrawing(kind: Mark['kind'], layers: Layers): MarkDrawing {
  const drawings = {
    line: LineDrawing,
    area: AreaDrawing,
    histogram: HistogramDrawing,
    dots: DotsDrawing,
    rule: RuleDrawing,
    raster: RasterDrawing,
  }
  // each kind of drawing only gets marks of its kind
  return new drawings[kind](layers) as MarkDrawing
}
