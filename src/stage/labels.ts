/** Texts over the canvas: a pool of DOM elements for each panel; only changes are written. */

export interface Label {
  readonly text: string
  /** CSS pixels from the plot's left and top edge. */
  readonly x: number
  readonly y: number
  /** The point of the text that lies at (x, y): 0 left or top, ½ middle, 1 right or bottom. */
  readonly alignX: number
  readonly alignY: number
  readonly kind: 'tick' | 'title' | 'rule' | 'name'
  readonly colour?: string
}

/** In CSS pixels of the plot, or in values of the axes. */
export interface Point {
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Rectangle extends Size {
  readonly left: number
  readonly top: number
}

export function overlaps(a: Rectangle, b: Rectangle, gap = 0): boolean {
  return (
    a.left < b.left + b.width + gap &&
    b.left < a.left + a.width + gap &&
    a.top < b.top + b.height + gap &&
    b.top < a.top + a.height + gap
  )
}

export function inside(rectangle: Rectangle, bounds: Rectangle): boolean {
  return (
    rectangle.left >= bounds.left &&
    rectangle.top >= bounds.top &&
    rectangle.left + rectangle.width <= bounds.left + bounds.width &&
    rectangle.top + rectangle.height <= bounds.top + bounds.height
  )
}

/** Whether a point is in the rectangle, or at most so far outside it. */
export function contains({ left, top, width, height }: Rectangle, { x, y }: Point, margin = 0): boolean {
  return x >= left - margin && x <= left + width + margin && y >= top - margin && y <= top + height + margin
}

/** Chooses rectangles that do not touch: earlier ones in `order` have priority. Returns a flag for each. */
export function withoutCollisions(
  rectangles: readonly Rectangle[],
  gap: number,
  order: readonly number[] = rectangles.map((_, index) => index),
): boolean[] {
  const kept: Rectangle[] = []
  const flags = rectangles.map(() => false)
  for (const index of order) {
    if (kept.some((other) => overlaps(rectangles[index], other, gap))) continue
    kept.push(rectangles[index])
    flags[index] = true
  }
  return flags
}

/**
 * Places labels one after another. Each has candidates in order of preference. It takes the candidate inside the bounds
 * that touches no label before and covers the fewest dots, then the fewest pieces of lines; or none.
 */
export function placeLabels(
  candidates: readonly (readonly Rectangle[])[],
  bounds: Rectangle,
  dots: readonly Rectangle[] = [],
  lines: readonly Rectangle[] = [],
): (Rectangle | undefined)[] {
  const taken: Rectangle[] = []
  const covered = (choice: Rectangle, drawn: readonly Rectangle[]) =>
    drawn.reduce((count, other) => count + Number(overlaps(choice, other)), 0)
  return candidates.map((choices) => {
    let best: Rectangle | undefined
    let fewest = Infinity
    for (const choice of choices) {
      if (!inside(choice, bounds) || taken.some((other) => overlaps(choice, other))) continue
      const cost = covered(choice, dots) * (lines.length + 1) + covered(choice, lines)
      if (cost >= fewest) continue
      best = choice
      fewest = cost
    }
    if (best) taken.push(best)
    return best
  })
}

/** Measures widths of texts, each only once, without touching the page's layout. */
export class TextMeasure {
  private readonly context = document.createElement('canvas').getContext('2d')
  private readonly widths = new Map<string, number>()
  private family = 'sans-serif'
  size = 13

  setFont(family: string, size: number): void {
    if (family === this.family && size === this.size) return
    this.family = family
    this.size = size
    this.widths.clear()
  }

  width(text: string, weight = 400): number {
    const key = `${weight} ${text}`
    const known = this.widths.get(key)
    if (known !== undefined) return known
    let width = text.length * this.size * 0.6
    if (this.context) {
      this.context.font = `${weight} ${this.size}px ${this.family}`
      width = this.context.measureText(text).width
    }
    // a dragged slider makes endlessly many texts, so the cache is emptied now and then
    if (this.widths.size > 2000) this.widths.clear()
    this.widths.set(key, width)
    return width
  }

  get height(): number {
    return this.size * 1.25
  }
}

export function labelRectangle(label: Label, measure: TextMeasure): Rectangle {
  const width = measure.width(label.text, label.kind === 'rule' || label.kind === 'name' ? 600 : 400)
  return {
    left: label.x - width * label.alignX,
    top: label.y - measure.height * label.alignY,
    width,
    height: measure.height,
  }
}

/** The labels that do not touch: earlier ones in `order` have priority. */
export function withoutTouching(
  labels: readonly Label[],
  measure: TextMeasure,
  gap: number,
  order?: readonly number[],
): Label[] {
  const rectangles = labels.map((label) => labelRectangle(label, measure))
  const shown = withoutCollisions(rectangles, gap, order)
  return labels.filter((_, index) => shown[index])
}

interface Slot {
  readonly element: HTMLSpanElement
  text: string
  style: string
}

export class LabelLayer {
  readonly element = document.createElement('div')
  private readonly slots: Slot[] = []
  private used = 0

  constructor() {
    this.element.className = 'stage-labels'
    // the plot's description says all of this in one sentence
    this.element.setAttribute('aria-hidden', 'true')
  }

  show(labels: readonly Label[]): void {
    for (const [index, label] of labels.entries()) {
      let slot = this.slots[index]
      if (!slot) {
        slot = { element: document.createElement('span'), text: '', style: '' }
        this.slots.push(slot)
        this.element.append(slot.element)
      }
      if (slot.text !== label.text) slot.element.textContent = slot.text = label.text
      const x = label.x.toFixed(1)
      const y = label.y.toFixed(1)
      const style = `transform:translate(${x}px,${y}px) translate(${-100 * label.alignX}%,${-100 * label.alignY}%)${label.colour ? `;color:${label.colour}` : ''}`
      if (slot.style !== style) slot.element.style.cssText = slot.style = style
      const name = `stage-label stage-label-${label.kind}`
      if (slot.element.className !== name) slot.element.className = name
      if (index >= this.used) slot.element.hidden = false
    }
    for (let index = labels.length; index < this.used; index++) this.slots[index].element.hidden = true
    this.used = labels.length
  }
}
