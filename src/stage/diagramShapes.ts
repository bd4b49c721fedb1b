/** The shapes of a diagram: paths, texts, and lines for the particles. Pure: no DOM. */
import type { DiagramArrow, DiagramContent, Numbers, Picture, Role } from './contract.ts'
import {
  type DiagramLayout,
  lanes,
  type PlacedBox,
  particlesAt,
  type Segment,
  segmentBetween,
} from './diagramGeometry.ts'
import { type Label, type Rectangle, type TextMeasure, withoutTouching } from './labels.ts'
import { isMeant } from './standing.ts'
import type { Style } from './style.ts'

export interface Shape {
  readonly path: string
  readonly role: Role
  /** Line width; absent for a filled shape. */
  readonly stroke?: number
  readonly dash?: readonly [number, number]
  readonly opacity?: number
  readonly round?: boolean
}

export interface Way {
  readonly line: Segment
  readonly values: Numbers
  readonly role: Role
  readonly opacity: number
  /** Largest sideways offset, and diameter of the particles, in CSS pixels. */
  readonly spread: number
  readonly size: number
}

export interface DiagramPicture {
  readonly picture: Picture
  readonly place: Rectangle
}

export interface Drawn {
  readonly shapes: readonly Shape[]
  readonly ways: readonly Way[]
  readonly pictures: readonly DiagramPicture[]
  readonly labels: readonly Label[]
}

const short = (value: number) => value.toFixed(1)
const rectangle = ({ left, top, width, height }: Rectangle) =>
  `M${short(left)} ${short(top)}h${short(width)}v${short(height)}h${short(-width)}z`

function outline({ box, x, y, width, height }: PlacedBox, corner: number): string {
  if (box.shape === 'operator') {
    const radius = short(width / 2)
    const across = short(width)
    return `M${short(x - width / 2)} ${short(y)}a${radius} ${radius} 0 1 0 ${across} 0a${radius} ${radius} 0 1 0 -${across} 0z`
  }
  const r = Math.min(corner, width / 2, height / 2)
  const arc = (dx: number, dy: number) => `a${short(r)} ${short(r)} 0 0 1 ${short(dx)} ${short(dy)}`
  const [w, h] = [width - 2 * r, height - 2 * r]
  return `M${short(x - width / 2 + r)} ${short(y - height / 2)}h${short(w)}${arc(r, r)}v${short(h)}${arc(-r, r)}h${short(-w)}${arc(-r, -r)}v${short(-h)}${arc(r, -r)}z`
}

/** A line of length 0; round caps draw it as a dot. */
const dot = (x: number, y: number) => `M${short(x)} ${short(y)}h0`

/** The particles of one arrow at a time in seconds: as many values at once as can be told apart. */
export function particlePath({ line: { from, to }, values, spread, size }: Way, seconds: number): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length]
  const together = Math.min(values.length, Math.max(2, Math.floor(length / size)))
  let path = ''
  for (const { index, share } of particlesAt(seconds, values.length, together)) {
    const value = values[index]
    if (!Number.isFinite(value)) continue
    const along = share * length
    const aside = Math.max(-1, Math.min(1, value)) * spread
    path += dot(from.x + dx * along - dy * aside, from.y + dy * along + dx * aside)
  }
  return path
}

export function drawDiagram(
  content: DiagramContent,
  layout: DiagramLayout,
  style: Style,
  measure: TextMeasure,
  /** The curve that stands out. */
  asked?: string,
): Drawn {
  const shapes: Shape[] = []
  const ways: Way[] = []
  const pictures: DiagramPicture[] = []
  const labels: Label[] = []
  const { font } = style
  const known = new Map(layout.boxes.map((placed) => [placed.box.id, placed]))
  const asides = lanes(content.arrows, font * 1.3)
  for (const [index, arrow] of content.arrows.entries()) {
    const [from, to] = [known.get(arrow.from), known.get(arrow.to)]
    const line = from && to && segmentBetween(from, to, asides[index])
    if (line) addArrow(arrow, arrow.backward ? { from: line.to, to: line.from } : line)
  }
  for (const placed of layout.boxes) addBox(placed)
  return { shapes, ways, pictures, labels }

  /** @param line runs in the direction of the arrow */
  function addArrow({ role, dashed, blocked, flow, label, opacity = 1 }: DiagramArrow, line: Segment): void {
    const { from, to } = line
    const length = Math.hypot(to.x - from.x, to.y - from.y)
    const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length]
    const head = Math.min(font * 0.75, length * 0.5)
    const stroke = style.line * 0.8
    const neck = { x: to.x - dx * head * 0.8, y: to.y - dy * head * 0.8 }
    const dash = dashed ? ([stroke * 2.5, stroke * 2] as const) : undefined
    const path = `M${short(from.x)} ${short(from.y)}L${short(neck.x)} ${short(neck.y)}`
    // fainter under particles
    shapes.push({ path, role, stroke, dash, opacity: opacity * (flow?.length ? 0.55 : 1) })
    const wing = (side: number) =>
      `L${short(to.x - dx * head - dy * side)} ${short(to.y - dy * head + dx * side)}`
    const half = head * 0.42
    shapes.push({ path: `M${short(to.x)} ${short(to.y)}${wing(half)}${wing(-half)}z`, role, opacity })
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
    if (blocked) {
      const arm = Math.min(font * 0.5, length * 0.3)
      const cross = [1, -1].map(
        (sign) =>
          `M${short(middle.x - arm)} ${short(middle.y - arm * sign)}L${short(middle.x + arm)} ${short(middle.y + arm * sign)}`,
      )
      shapes.push({ path: cross.join(''), role, stroke: stroke * 1.8, opacity, round: true })
    }
    if (flow && flow.length > 0)
      ways.push({
        line: blocked ? { from, to: middle } : line,
        values: flow,
        role,
        opacity,
        spread: font * 0.6,
        size: Math.max(3, font * 0.3),
      })
    if (label) {
      // above a level arrow, to the right of a steep one
      const level = Math.abs(dx) > Math.abs(dy)
      const away = font * 0.8
      const x = level ? middle.x : middle.x + away
      const y = level ? middle.y - away : middle.y
      labels.push({ text: label, x, y, alignX: level ? 0.5 : 0, alignY: level ? 1 : 0.5, kind: 'name' })
    }
  }

  function addBox(placed: PlacedBox): void {
    const { box, x, y, width, height, label, value } = placed
    const { role, opacity = 1 } = box
    const path = outline(placed, font * 0.5)
    shapes.push({ path, role, opacity: 0.13 * opacity })
    const stroke = style.line * (isMeant(asked, box.curve) ? 2 : 0.75)
    const dash = box.shape === 'sample' ? ([stroke * 3, stroke * 2.2] as const) : undefined
    shapes.push({ path, role, stroke, dash, opacity })
    const line = font * 1.25
    const texts = [
      ...label.map((text) => ({ text, kind: 'name' as const })),
      ...value.map((text) => ({ text, kind: 'tick' as const })),
    ]
    const filled = box.picture ?? box.bars ?? box.cloud
    let top = filled ? y - height / 2 + font * 0.3 : y - (texts.length * line) / 2
    for (const { text, kind } of texts) {
      const colour = style.palette.text
      labels.push({ text, x, y: top + line / 2, alignX: 0.5, alignY: 0.5, kind, colour })
      top += line
    }
    if (!filled) return
    const inset = font * 0.4
    addInside(placed, {
      left: x - width / 2 + inset,
      top,
      width: width - 2 * inset,
      height: y + height / 2 - inset - top,
    })
  }

  function addInside({ box: { picture, bars, cloud, role, opacity = 1 } }: PlacedBox, room: Rectangle): void {
    if (picture) {
      const side = Math.min(room.width, room.height)
      const left = room.left + (room.width - side) / 2
      const top = room.top + (room.height - side) / 2
      pictures.push({ picture, place: { left, top, width: side, height: side } })
    } else if (bars) addBars(bars, { role, opacity }, room)
    else if (cloud) {
      const count = Math.min(cloud.x.length, cloud.y.length)
      const [x, y] = [room.left + room.width / 2, room.top + room.height / 2]
      // one unit is equally long in both directions
      const reach = Math.min(room.width, room.height) / 2
      let path = ''
      for (let index = 0; index < count; index++) {
        const [across, up] = [cloud.x[index], cloud.y[index]]
        if (Math.abs(across) <= 1 && Math.abs(up) <= 1) path += dot(x + across * reach, y - up * reach)
      }
      shapes.push({ path, role, stroke: Math.max(2, font * 0.2), round: true, opacity: 0.8 * opacity })
    }
  }

  function addBars(
    bars: { readonly values: Numbers; readonly labels?: readonly string[] },
    look: { readonly role: Role; readonly opacity: number },
    room: Rectangle,
  ): void {
    const foot = bars.labels ? font * 1.15 : 0
    const bottom = room.top + room.height - foot
    const step = room.width / Math.max(1, bars.values.length)
    const columns = Array.from(bars.values, (value, index) => {
      const height = Math.max(0, Math.min(1, Number.isFinite(value) ? value : 0)) * (bottom - room.top)
      return rectangle({
        left: room.left + (index + 0.1) * step,
        top: bottom - height,
        width: step * 0.8,
        height,
      })
    })
    shapes.push({ path: columns.join(''), ...look })
    shapes.push({ path: `M${short(room.left)} ${short(bottom)}h${short(room.width)}`, ...look, stroke: 1 })
    const texts = (bars.labels ?? []).slice(0, bars.values.length).map(
      (text, index): Label => ({
        text,
        x: room.left + (index + 0.5) * step,
        y: bottom + font * 0.1,
        alignX: 0.5,
        alignY: 0,
        kind: 'tick',
      }),
    )
    // if not all labels fit, the highest bars keep theirs
    const order = texts.map((_, index) => index).sort((a, b) => bars.values[b] - bars.values[a])
    labels.push(...withoutTouching(texts, measure, font * 0.15, order))
  }
}
