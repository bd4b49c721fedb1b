/** Draws the page's part of the stage with a pen, from its computed styles: panels, keys, diagrams and texts. */
import type { Rectangle } from '../labels.ts'
import { keyHeight, keyWidth } from '../legend.ts'
import type { Palette } from '../palette.ts'
import type { Line, Pen } from './pen.ts'

/** The frame of a panel; everything else is drawn over it. */
export function drawFrame(pen: Pen, panel: HTMLElement): void {
  const style = getComputedStyle(panel)
  // while presenting, all that is shown is lit
  const lit = panel.dataset.light === 'on' && style.outlineStyle !== 'none'
  const border = lit
    ? Number.parseFloat(style.outlineWidth) || 2
    : Number.parseFloat(style.borderTopWidth) || 1
  pen.path(outline(panel, border / 2), {
    fill: style.backgroundColor,
    stroke: lit ? style.outlineColor : style.borderTopColor,
    width: border,
  })
}

/** Keys, diagrams and texts of a panel. */
export function drawWords(pen: Pen, panel: HTMLElement, palette: Palette): void {
  for (const key of panel.querySelectorAll<SVGSVGElement>(
    '.stage-legend .stage-key, .stage-table .stage-key',
  ))
    if (!scrolledAway(key)) drawKey(pen, key)
  for (const plot of panel.querySelectorAll('.stage-diagram')) drawDiagram(pen, plot)
  drawTexts(pen, panel, palette.panel)
}

/** What dims a panel that is not lit. */
export function drawDim(pen: Pen, panel: HTMLElement): void {
  if (panel.dataset.light === 'off')
    pen.path(outline(panel, 0), { fill: getComputedStyle(panel).backgroundColor, opacity: 0.65 })
}

function outline(panel: HTMLElement, inset: number): string {
  const { left, top, width, height } = panel.getBoundingClientRect()
  const radius = Math.max(0, (Number.parseFloat(getComputedStyle(panel).borderTopLeftRadius) || 0) - inset)
  const [right, bottom] = [left + width - inset, top + height - inset]
  const turn = (x: number, y: number) => `a${radius} ${radius} 0 0 1 ${x} ${y}`
  return [
    `M${left + inset + radius} ${top + inset}`,
    `H${right - radius}${turn(radius, radius)}`,
    `V${bottom - radius}${turn(-radius, radius)}`,
    `H${left + inset + radius}${turn(-radius, -radius)}`,
    `V${top + inset + radius}${turn(radius, -radius)}Z`,
  ].join('')
}

function drawKey(pen: Pen, key: SVGSVGElement): void {
  const { left, top, width } = key.getBoundingClientRect()
  if (width === 0) return
  const colour = getComputedStyle(key).color
  const box = { left: 0, top: 0, width: keyWidth, height: keyHeight }
  pen.within({ x: left, y: top, scale: width / keyWidth }, box, () => {
    for (const path of key.querySelectorAll('path')) {
      const paint = path.getAttribute('fill') === 'none' ? { stroke: colour, width: 2 } : { fill: colour }
      const opacity = Number(path.getAttribute('opacity') ?? 1)
      pen.path(path.getAttribute('d') ?? '', { ...paint, opacity })
    }
  })
}

/** A diagram's paths and pictures; its texts are drawn with all other texts. */
function drawDiagram(pen: Pen, plot: Element): void {
  const seen = plot.getBoundingClientRect()
  pen.within({ x: 0, y: 0 }, seen, () => {
    for (const svg of plot.querySelectorAll('svg')) {
      const { left, top } = svg.getBoundingClientRect()
      pen.within({ x: left, y: top }, undefined, () => {
        for (const path of svg.querySelectorAll('path')) drawPath(pen, path)
      })
    }
    for (const picture of plot.querySelectorAll('canvas'))
      pen.picture(picture, picture.getBoundingClientRect(), true)
  })
}

function drawPath(pen: Pen, path: SVGPathElement): void {
  const { color, fill, opacity, strokeWidth, strokeDasharray, strokeLinecap } = getComputedStyle(path)
  const paint =
    fill === 'none'
      ? {
          stroke: color,
          width: Number.parseFloat(strokeWidth),
          round: strokeLinecap === 'round',
          dash: strokeDasharray === 'none' ? [] : strokeDasharray.split(',').map(Number.parseFloat),
        }
      : { fill: color }
  pen.path(path.getAttribute('d') ?? '', { ...paint, opacity: Number(opacity) })
}

/** Toggles, buttons and read-outs are not part of the picture. */
const leftOut = '.stage-toggles, .stage-readout, .stage-tip, .stage-action, [hidden]'

/** Whether a text is only for screen readers: its box is one pixel large or clipped away. */
function onlyHeard(element: Element, inside: Element): boolean {
  for (let box: Element | null = element; box && box !== inside; box = box.parentElement) {
    const { clipPath, overflowX } = getComputedStyle(box)
    if (clipPath.startsWith('inset(50%')) return true
    if (overflowX === 'hidden' && box.getBoundingClientRect().width <= 1) return true
  }
  return false
}

/** Whether an element is outside the visible part of a scrolled table or diagram. */
function scrolledAway(element: Element, box: Rectangle = element.getBoundingClientRect()): boolean {
  const scrolled = element.closest('.stage-table, .stage-diagram')
  if (!scrolled) return false
  const seen = scrolled.getBoundingClientRect()
  if (box.top < seen.top - 1 || box.top + box.height > seen.bottom + 1) return true
  // a text of a table may be cut at its edge; a text of a diagram is drawn whole or not at all
  return (
    scrolled.matches('.stage-diagram') && (box.left < seen.left - 1 || box.left + box.width > seen.right + 1)
  )
}

/** The side of a text that lies at what it names. */
function anchorOf(element: HTMLElement, textAlign: string): Line['anchor'] {
  const [, moved] = /translate\((-?[\d.]+)%/.exec(element.style.transform) ?? []
  const share = moved ? -Number(moved) : textAlign === 'right' || textAlign === 'end' ? 100 : 0
  return share < 25 ? 'start' : share > 75 ? 'end' : 'middle'
}

const measuring = document.createElement('canvas').getContext('2d')

/** All texts of an element that are seen, where the page has them. */
export function drawTexts(pen: Pen, inside: HTMLElement, ground: string): void {
  const walker = document.createTreeWalker(inside, NodeFilter.SHOW_TEXT)
  const range = document.createRange()
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!element || !measuring || element.closest(leftOut) || onlyHeard(element, inside)) continue
    const style = getComputedStyle(element)
    if (style.visibility === 'hidden') continue
    const { color, fontFamily: family, fontWeight: weight, textAlign } = style
    const size = Number.parseFloat(style.fontSize)
    const italic = style.fontStyle !== 'normal'
    const haloed = element.matches('.stage-label-rule, .stage-label-name')
    const halo = haloed ? { colour: ground, width: size * 0.28 } : undefined
    measuring.font = `${italic ? 'italic ' : ''}${weight} ${size}px ${family}`
    const anchor = anchorOf(element, textAlign)
    for (const { text, box } of textLines(node as Text, range)) {
      if (scrolledAway(element, box)) continue
      const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = measuring.measureText(text)
      const baseline = box.top + (box.height - ascent - descent) / 2 + ascent
      const line = { text, left: box.left, right: box.left + box.width, baseline, anchor }
      pen.text(line, { weight, italic, size, family, colour: color, halo })
    }
  }
}

/** Splits a text node at the line breaks of the page. */
function* textLines(node: Text, range: Range): Generator<{ text: string; box: DOMRect }> {
  const words = [...node.data.matchAll(/\S+\s*/g)]
  let start = 0
  let top = Number.NaN
  const boxOf = (from: number, to: number) => {
    range.setStart(node, from)
    range.setEnd(node, to)
    return range.getBoundingClientRect()
  }
  for (const word of words) {
    const end = word.index + word[0].trimEnd().length
    const box = boxOf(word.index, end)
    if (Number.isNaN(top)) start = word.index
    else if (Math.abs(box.top - top) > box.height / 2) {
      const text = node.data.slice(start, word.index).trimEnd()
      yield { text, box: boxOf(start, start + text.length) }
      start = word.index
    }
    top = box.top
  }
  if (words.length === 0) return
  const text = node.data.slice(start).trimEnd()
  yield { text, box: boxOf(start, start + text.length) }
}
