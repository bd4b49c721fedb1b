/**
 * Texts at the ends of rules: inside the plot, beside their line, never over each other, never where another rule is
 * closer, and over a curve only where there is no other place.
 */
import type { Mark } from './contract.ts'
import { type Label, overlaps, placeLabels, type Rectangle, type TextMeasure } from './labels.ts'
import type { Frame, MarkOf } from './marks/drawing.ts'

const fewDots = 512
/** Pixels across of the pieces that curves are taken apart into. */
const piece = 24

export function ruleLabels(marks: readonly Mark[], frame: Frame, measure: TextMeasure): Label[] {
  const { plot, x, y, style } = frame
  const right = plot.left + plot.width
  const bottom = plot.top + plot.height
  const rules = marks.filter((mark): mark is MarkOf<'rule'> => mark.kind === 'rule' && Boolean(mark.label))
  const labelled = rules.filter((rule) => {
    const pixel = rule.axis === 'x' ? x(rule.value) : y(rule.value)
    return rule.axis === 'x' ? pixel >= plot.left && pixel <= right : pixel >= plot.top && pixel <= bottom
  })
  const gap = style.font * 0.25
  const half = style.line * 0.4
  const lines = labelled.map((rule): Rectangle => {
    if (rule.axis === 'x')
      return { left: x(rule.value) - half, top: plot.top, width: 2 * half, height: plot.height }
    return { left: plot.left, top: y(rule.value) - half, width: plot.width, height: 2 * half }
  })
  const candidates = labelled.map((rule, own): Rectangle[] => {
    const width = measure.width(rule.label ?? '', 600)
    const { height } = measure
    const box = (left: number, top: number) => ({ left, top, width, height })
    const others = labelled.filter((other, index) => index !== own && other.axis === rule.axis)
    const free = (choice: Rectangle) =>
      !lines.some((line, index) => index !== own && overlaps(choice, line)) && nearestIs(rule, others, choice)
    if (rule.axis === 'x') {
      const pixel = x(rule.value)
      const [after, before] = [pixel + gap * 2, pixel - gap * 2 - width]
      // too long for either side: across its own line
      const across = Math.max(plot.left, Math.min(pixel - width / 2, right - width))
      return [after, before, across]
        .flatMap((left) => [0, 1.1, 2.2, 3.3].map((row) => box(left, plot.top + gap + row * height)))
        .filter(free)
    }
    const pixel = y(rule.value)
    const [above, below] = [pixel - height - gap * 0.5, pixel + gap]
    const [end, start] = [right - width - gap, plot.left + gap * 2]
    return [0, 0.1, 1, 0.25, 0.5, 0.75]
      .flatMap((share) => [above, below].map((top) => box(end + (start - end) * share, top)))
      .filter(free)
  })
  const placed = placeLabels(candidates, plot, dotsOf(marks, frame), piecesOf(marks, frame))
  return labelled.flatMap((rule, index): Label[] => {
    const place = placed[index]
    if (!place) return []
    const colour = style.palette.roles[rule.role]
    return [
      { text: rule.label ?? '', x: place.left, y: place.top, alignX: 0, alignY: 0, kind: 'rule', colour },
    ]
  })

  /** Whether a label here is read as this rule's: none of the others is closer. */
  function nearestIs(rule: MarkOf<'rule'>, others: readonly MarkOf<'rule'>[], choice: Rectangle): boolean {
    const along = rule.axis === 'x'
    const [first, size] = along ? [choice.left, choice.width] : [choice.top, choice.height]
    const away = (value: number) => {
      const pixel = along ? x(value) : y(value)
      return Math.max(first - pixel, pixel - first - size, 0)
    }
    return others.every((other) => away(rule.value) <= away(other.value) + 0.5)
  }
}

function dotsOf(marks: readonly Mark[], { plot, x, y, style }: Frame): Rectangle[] {
  return marks.flatMap((mark) => {
    // a cloud is everywhere: there is no getting out of its way
    if (mark.kind !== 'dots' || mark.x.length > fewDots) return []
    const size = ((mark.size ?? 8) / 8) * style.dot * 1.3
    const count = Math.min(mark.x.length, mark.y.length)
    return Array.from({ length: count }, (_, index) => ({
      left: x(mark.x[index]) - size / 2,
      top: y(mark.y[index]) - size / 2,
      width: size,
      height: size,
    })).filter((dot) => overlaps(dot, plot))
  })
}

/** What every curve covers, column by column. */
function piecesOf(marks: readonly Mark[], { plot, x, y }: Frame): Rectangle[] {
  return marks.flatMap((mark) => {
    if (mark.kind !== 'line') return []
    const columns = new Map<number, { top: number; bottom: number }>()
    const cover = (left: number, height: number) => {
      if (!(left >= plot.left && left <= plot.left + plot.width && Number.isFinite(height))) return
      const column = Math.floor((left - plot.left) / piece)
      const { top, bottom } = columns.get(column) ?? { top: height, bottom: height }
      columns.set(column, { top: Math.min(top, height), bottom: Math.max(bottom, height) })
    }
    let before: readonly [number, number] | undefined
    const count = Math.min(mark.x.length, mark.y.length)
    for (let index = 0; index < count; index++) {
      const point = [x(mark.x[index]), y(mark.y[index])] as const
      const from = before ?? point
      // from one point to the next may be many columns
      const parts = Math.ceil(Math.abs(point[0] - from[0]) / piece) || 1
      for (let part = 1; part <= parts; part++) {
        const share = part / parts
        cover(from[0] + share * (point[0] - from[0]), from[1] + share * (point[1] - from[1]))
      }
      before = Number.isFinite(point[0] + point[1]) ? point : undefined
    }
    return Array.from(columns, ([column, { top, bottom }]) => ({
      left: plot.left + column * piece,
      top: top - 1,
      width: piece,
      height: bottom - top + 2,
    }))
  })
}
