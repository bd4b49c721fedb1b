/** Places of a diagram's boxes and arrows in a panel, in CSS pixels with y downward. Pure: no DOM. */
import type { DiagramBox, DiagramContent } from './contract.ts'
import type { Point, Size } from './labels.ts'

export interface PlacedBox {
  readonly box: DiagramBox
  /** The box's centre. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** The label and the value, broken into lines that fit into the box. */
  readonly label: readonly string[]
  readonly value: readonly string[]
}

export interface DiagramLayout {
  readonly boxes: readonly PlacedBox[]
  /** Size needed in the panel: larger than the panel only if the boxes would touch otherwise. */
  readonly width: number
  readonly height: number
}

export interface Segment {
  readonly from: Point
  readonly to: Point
}

/** Font size, line height and text widths. */
export interface Type {
  readonly font: number
  readonly line: number
  measure(text: string, weight: number): number
}

const labelWeight = 600

/** Breaks a text into as few lines as possible; a word that is too long gets its own line. */
export function brokenLines(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && measure(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

const isFilled = ({ picture, bars, cloud }: DiagramBox) => Boolean(picture ?? bars ?? cloud)

/** A box at this scale, enlarged to hold its texts. A text up to `widest` times as wide stays on one line. */
function sized(box: DiagramBox, scaleX: number, scaleY: number, widest: number, type: Type): PlacedBox {
  const { font, line } = type
  const padding = font * 0.45
  const [wide, tall] = [box.width * scaleX, box.height * scaleY]
  const lines = (text: string | undefined, weight: number) => {
    if (!text) return []
    const measure = (part: string) => type.measure(part, weight)
    const whole = measure(text) + 2 * padding <= wide * widest
    return whole ? [text] : brokenLines(text, wide - 2 * padding, measure)
  }
  const label = lines(box.label, labelWeight)
  const value = lines(box.value, 400)
  const longest = Math.max(
    0,
    ...label.map((text) => type.measure(text, labelWeight)),
    ...value.map((text) => type.measure(text, 400)),
  )
  const inside = isFilled(box) ? font * 3 : 0
  let width = Math.max(wide, longest + 2 * padding, inside + 2 * padding)
  let height = Math.max(tall, (label.length + value.length) * line + inside + 2 * padding * 0.9)
  // a circle that holds its text but is not larger than its place
  if (box.shape === 'operator')
    width = height = Math.max(Math.min(wide, tall), Math.hypot(longest, line * label.length) + padding)
  return { box, x: box.x * scaleX, y: box.y * scaleY, width, height, label, value }
}

/** Whether two boxes are beside each other in the content, and not one above the other. */
function beside(a: DiagramBox, b: DiagramBox): boolean {
  const across = Math.abs(a.x - b.x) - (a.width + b.width) / 2
  const down = Math.abs(a.y - b.y) - (a.height + b.height) / 2
  return across > down
}

/**
 * Centres along one direction, one a box: as near as possible to the wanted ones and in the same order. Boxes with
 * equal coordinates stay in line, and boxes beside each other are `gap` apart. `needed` is the least length for all; it
 * exceeds the room only if there is no other way.
 */
function spread(
  boxes: readonly PlacedBox[],
  axis: 'x' | 'y',
  room: number,
  gap: number,
): { readonly centres: readonly number[]; readonly needed: number } {
  const size = (box: PlacedBox) => (axis === 'x' ? box.width : box.height)
  const lines = [...new Set(boxes.map(({ box }) => box[axis]))].sort((a, b) => a - b)
  const members = lines.map((line) => boxes.filter(({ box }) => box[axis] === line))
  const margin = 2
  const ends = members.map((own) => margin + Math.max(...own.map(size)) / 2)
  const apart = (first: number, second: number) => {
    let most = -Infinity
    for (const a of members[first])
      for (const b of members[second])
        if (beside(a.box, b.box) === (axis === 'x')) most = Math.max(most, (size(a) + size(b)) / 2 + gap)
    return most
  }
  const forward = (wanted: (line: number) => number) => {
    const places: number[] = []
    for (const line of lines.keys())
      places.push(
        Math.max(wanted(line), ends[line], ...places.map((place, before) => place + apart(before, line))),
      )
    return places
  }
  const needed = Math.max(0, ...forward(() => 0).map((place, line) => place + ends[line]))
  const places = forward((line) => members[line][0][axis])
  for (let line = lines.length - 1; line >= 0; line--)
    places[line] = Math.min(
      places[line],
      Math.max(room, needed) - ends[line],
      ...places.slice(line + 1).map((place, after) => place - apart(line, line + 1 + after)),
    )
  return { centres: boxes.map(({ box }) => places[lines.indexOf(box[axis])]), needed }
}

/**
 * Fits a diagram into a room. Each direction has its own scale, within limits, so that wide and tall panels are filled.
 * Texts keep their size: boxes grow around their centres to hold them, and push each other aside. If that is not
 * enough, the boxes are placed upright, if the content has such places, or the diagram becomes larger than the room.
 */
export function layoutDiagram(content: DiagramContent, room: Size, type: Type): DiagramLayout {
  const found = fitted(content, room, type)
  const { upright } = content
  if (!upright || found.width <= room.width) return found
  const boxes = content.boxes.map((box) => {
    const [x, y] = upright.centres[box.id] ?? [box.x, box.y]
    return { ...box, x, y }
  })
  return fitted({ ...content, width: upright.width, height: upright.height, boxes }, room, type)
}

function fitted(content: DiagramContent, room: Size, type: Type): DiagramLayout {
  const stretch = 1.5
  const across = room.width / content.width
  const down = room.height / content.height
  const scaleX = Math.min(across, down * stretch)
  const scaleY = Math.min(down, across * stretch)
  const left = (room.width - content.width * scaleX) / 2
  const top = (room.height - content.height * scaleY) / 2
  const attempt = (widest: number, gap: number) => {
    const boxes = content.boxes
      .map((box) => sized(box, scaleX, scaleY, widest, type))
      .map((box) => ({ ...box, x: box.x + left, y: box.y + top }))
    return { boxes, x: spread(boxes, 'x', room.width, gap), y: spread(boxes, 'y', room.height, gap) }
  }
  const { font } = type
  let found = attempt(1.4, 1.1 * font)
  // less and less space; a diagram that must be scrolled anyway gets more
  for (const [widest, gap] of [
    [1, 1.1],
    [1, 0.7],
    [1, 0.5],
    [3, 2],
  ]) {
    if (found.x.needed <= room.width) break
    found = attempt(widest, gap * font)
  }
  const { boxes, x, y } = found
  return {
    boxes: boxes.map((box, index) => ({ ...box, x: x.centres[index], y: y.centres[index] })),
    width: x.needed,
    height: y.needed,
  }
}

/** Distance from a box's centre to its border in the unit direction (dx, dy), on a line `aside` of the centre. */
function border({ box, width, height }: PlacedBox, dx: number, dy: number, aside: number): number {
  if (box.shape === 'operator') return Math.sqrt(Math.max(0, (width / 2) ** 2 - aside ** 2))
  const [x, y] = [-dy * aside, dx * aside]
  const across = dx === 0 ? Infinity : (width / 2 - Math.sign(dx) * x) / Math.abs(dx)
  const down = dy === 0 ? Infinity : (height / 2 - Math.sign(dy) * y) / Math.abs(dy)
  return Math.max(0, Math.min(across, down))
}

/**
 * The straight line between two boxes' borders, parallel to the line of their centres and `aside` of it (to the right,
 * seen from the first box). Undefined where there is no room between the boxes.
 */
export function segmentBetween(from: PlacedBox, to: PlacedBox, aside: number): Segment | undefined {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  if (!(length > 0)) return undefined
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length]
  const first = border(from, dx, dy, aside)
  const last = length - border(to, -dx, -dy, -aside)
  if (!(last - first > 1)) return undefined
  const along = (distance: number): Point => ({
    x: from.x + dx * distance - dy * aside,
    y: from.y + dy * distance + dx * aside,
  })
  return { from: along(first), to: along(last) }
}

/** Sideways offset of each arrow: arrows between the same two boxes lie beside each other, `lane` apart. */
export function lanes(
  arrows: readonly { readonly from: string; readonly to: string }[],
  lane: number,
): number[] {
  const keyOf = ({ from, to }: { from: string; to: string }) => [from, to].sort().join('\n')
  const counts = new Map<string, number>()
  for (const arrow of arrows) counts.set(keyOf(arrow), (counts.get(keyOf(arrow)) ?? 0) + 1)
  const used = new Map<string, number>()
  return arrows.map((arrow) => {
    const key = keyOf(arrow)
    const index = used.get(key) ?? 0
    used.set(key, index + 1)
    const aside = (index - ((counts.get(key) ?? 1) - 1) / 2) * lane
    // in the opposite direction, right is left
    return arrow.from <= arrow.to ? aside : -aside
  })
}

/** Seconds that a particle needs for the whole way. */
const journey = 2.4

/**
 * The particles on the way at a time in seconds: `together` of all `values`, each with the share of the way behind it.
 * They start one after the other at even intervals, and begin again after the last.
 */
export function particlesAt(
  seconds: number,
  values: number,
  together: number,
): { readonly index: number; readonly share: number }[] {
  const begun = (seconds / journey) * together
  const latest = Math.floor(begun)
  return Array.from({ length: together }, (_, place) => ({
    // the particles on the way at time 0 are the last ones
    index: (((latest - place) % values) + values) % values,
    share: (begun - latest + place) / together,
  }))
}
