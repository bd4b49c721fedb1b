/** What a mark covers, for axes whose domain was not given. */
import type { Span } from './axis.ts'
import type { Mark, Numbers } from './contract.ts'

function includeAll(span: Span, values: Numbers): void {
  for (let index = 0; index < values.length; index++) span.include(values[index])
}

/** Widens the spans by one mark. Bars and areas stand on zero, which a logarithmic axis does not have. */
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
  // of a raster the edges
  includeAll(x, mark.x)
  includeAll(y, mark.y)
}
