/**
 * Texts at the ends of rules: inside the plot and beside their line. They never overlap, and no other rule is nearer to
 * a text. A text covers a curve only if there is no other place. Rules too close for separate texts share one.
 */
import type { Mark } from './contract.ts'
import { type Label, overlaps, placeLabels, type Rectangle, type TextMeasure } from './labels.ts'
import type { Frame, MarkOf } from './marks/drawing.ts'

const fewDots = 512
/** Width in pixels of the pieces of curves. */
const piece = 24
/** Rules farther apart than this many lines of text are not neighbours. */
const neighbourhood = 3

interface Rule {
  readonly mark: MarkOf<'rule'>
  readonly axis: 'x' | 'y'
  readonly pixel: number
}

/** Rules that share a label; usually a single rule. */
type Group = readonly Rule[]

export function ruleLabels(marks: readonly Mark[], frame: Frame, measure: TextMeasure): Label[] {
  const rules = shownRules(marks, frame)
  if (rules.length === 0) return []
  const drawn = [dotsOf(marks, frame), piecesOf(marks, frame)] as const
  let groups: Group[] = rules.map((rule) => [rule])
  for (;;) {
    const places = placeLabels(
      groups.map((group) => candidates(group, rules, frame, measure)),
      frame.plot,
      ...drawn,
    )
    const merged = withNeighbour(groups, places, frame.plot, measure)
    if (!merged) return groups.flatMap((group, index) => labelOf(group, places[index], frame, measure))
    groups = merged
  }
}

function shownRules(marks: readonly Mark[], { plot, x, y }: Frame): Rule[] {
  return marks.flatMap((mark): Rule[] => {
    if (mark.kind !== 'rule' || !mark.label) return []
    const { axis } = mark
    const pixel = axis === 'x' ? x(mark.value) : y(mark.value)
    const [start, size] = axis === 'x' ? [plot.left, plot.width] : [plot.top, plot.height]
    return pixel >= start && pixel <= start + size ? [{ mark, axis, pixel }] : []
  })
}

/** Joins the first group without a place with its nearest neighbour. Undefined if all have places, or no neighbour. */
function withNeighbour(
  groups: readonly Group[],
  places: readonly (Rectangle | undefined)[],
  plot: Rectangle,
  measure: TextMeasure,
): Group[] | undefined {
  const apart = (one: Group, other: Group) =>
    one[0].axis === other[0].axis
      ? Math.min(...one.flatMap((a) => other.map((b) => Math.abs(a.pixel - b.pixel))))
      : Number.POSITIVE_INFINITY
  for (const [index, group] of groups.entries()) {
    if (places[index]) continue
    const others = groups.filter((other) => other !== group)
    const nearest = others.reduce<Group | undefined>(
      (best, other) => (best && apart(group, best) <= apart(group, other) ? best : other),
      undefined,
    )
    if (!nearest || apart(group, nearest) > neighbourhood * measure.height) continue
    const joined = [...nearest, ...group].sort((a, b) => a.mark.value - b.mark.value)
    // a text that is too long would take the place of a neighbour's text
    if (!fits(textOf(joined, plot, measure), plot, measure)) continue
    return groups.filter((other) => other !== group).map((other) => (other === nearest ? joined : other))
  }
  return undefined
}

const fits = (text: string, plot: Rectangle, measure: TextMeasure) =>
  measure.width(text, 600) + measure.size <= plot.width

/** The labels of a group; if "name = value" is too long for the room, only the names. */
function textOf(group: Group, plot: Rectangle, measure: TextMeasure): string {
  const labels = group.map(({ mark }) => mark.label ?? '')
  const whole = labels.join(', ')
  // a text across the whole plot covers the curves there
  if (group.length === 1 || measure.width(whole, 600) < plot.width / 2) return whole
  return labels.map((label) => label.split(' = ')[0]).join(', ')
}

function labelOf(
  group: Group,
  place: Rectangle | undefined,
  { plot, style }: Frame,
  measure: TextMeasure,
): Label[] {
  if (!place) return []
  const roles = new Set(group.map(({ mark }) => mark.role))
  const colour = roles.size === 1 ? style.palette.roles[group[0].mark.role] : undefined
  const text = textOf(group, plot, measure)
  return [{ text, x: place.left, y: place.top, alignX: 0, alignY: 0, kind: 'rule', colour }]
}

/** Possible places of a group's text, the best first. */
function candidates(
  group: Group,
  rules: readonly Rule[],
  frame: Frame,
  measure: TextMeasure,
): readonly Rectangle[] {
  const { plot, style } = frame
  const right = plot.left + plot.width
  const gap = style.font * 0.25
  const half = style.line * 0.4
  const width = measure.width(textOf(group, plot, measure), 600)
  const { height } = measure
  const box = (left: number, top: number) => ({ left, top, width, height })
  const across = group[0].axis === 'y'
  const others = rules.filter((rule) => !group.includes(rule))
  const away = (choice: Rectangle) => {
    const [first, size] = across ? [choice.top, height] : [choice.left, width]
    return ({ pixel }: Rule) => Math.max(first - pixel, pixel - first - size, 0)
  }
  /** Whether a text here clearly belongs to this group: no other rule is closer or runs through it. */
  const free = (choice: Rectangle) => {
    const distance = away(choice)
    const own = Math.min(...group.map(distance))
    return others.every((rule) => {
      if (rule.axis === group[0].axis && own > distance(rule) + 0.5) return false
      const line =
        rule.axis === 'x'
          ? { left: rule.pixel - half, top: plot.top, width: 2 * half, height: plot.height }
          : { left: plot.left, top: rule.pixel - half, width: plot.width, height: 2 * half }
      return !overlaps(choice, line)
    })
  }
  const pixels = group.map(({ pixel }) => pixel)
  const [low, high] = [Math.min(...pixels), Math.max(...pixels)]
  if (!across) {
    const [after, before] = [high + gap * 2, low - gap * 2 - width]
    // too long for either side: across its own line
    const over = Math.max(plot.left, Math.min((low + high) / 2 - width / 2, right - width))
    return [after, before, over]
      .flatMap((left) => [0, 1.1, 2.2, 3.3].map((row) => box(left, plot.top + gap + row * height)))
      .filter(free)
  }
  const [above, below] = [low - height - gap * 0.5, high + gap]
  const [end, start] = [right - width - gap, plot.left + gap * 2]
  return [0, 0.1, 1, 0.25, 0.5, 0.75]
    .flatMap((share) => [above, below].map((top) => box(end + (start - end) * share, top)))
    .filter(free)
}

function dotsOf(marks: readonly Mark[], { plot, x, y, style }: Frame): Rectangle[] {
  return marks.flatMap((mark) => {
    // a cloud of dots is everywhere, so a text cannot avoid it
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

/** The rectangles that the curves cover, column by column. */
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
      // the way from one point to the next may have many columns
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
