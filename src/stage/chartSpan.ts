/** The extent of a mark, for axes without a given domain. */
import type { Span } from './axis.ts'
import type { Mark, Numbers } from './contract.ts'

function includeAll(span: Span, values: Numbers): void {
  for (let index = 0; index < values.length; index++) span.include(values[index])
}

/** Extends the spans by one mark. Histograms and areas include zero, except on a logarithmic axis. */
export function markSpan(mark: Mark, x: Span, y: Span, logarithmic: boolean): void {
  switch (mark.kind) {
    case 'rule':
      ;(mark.axis === 'x' ? x : y).include(mark.value)
      return
    case 'histogram':
      includeAll(x, mark.edges)
      includeAll(y, mark.heights)
      if (!logarithmic) y.include(0)
      return
    case 'area':
      includeAll(x, mark.x)
      includeAll(y, mark.y)
      if (typeof mark.baseline === 'number') y.include(mark.baseline)
      else if (mark.baseline) includeAll(y, mark.baseline)
      return
    case 'dots':
      for (let index = 0; index < mark.y.length; index++) {
        const error = mark.error?.[index]
        if (error === undefined || !Number.isFinite(error)) continue
        y.include(mark.y[index] + error)
        if (!logarithmic) y.include(mark.y[index] - error)
      }
      break
  }
  // a raster has only its edges
  includeAll(x, mark.x)
  includeAll(y, mark.y)
}
