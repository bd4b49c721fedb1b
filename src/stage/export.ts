/** Exports the stage as one picture: the canvas, and the page's elements, drawn from their computed styles. */
import { keyHeight, keyWidth } from './legend.ts'
import type { Palette } from './palette.ts'

/** A PNG of `root`, `scale` pixels per CSS pixel. `prepare` draws the canvas at that scale; its result undoes this. */
export async function exportStage(
  root: HTMLElement,
  canvas: HTMLCanvasElement,
  palette: Palette,
  scale: number,
  prepare: () => () => void,
): Promise<Blob> {
  const { left, top, width, height } = root.getBoundingClientRect()
  const picture = document.createElement('canvas')
  picture.width = Math.max(1, Math.round(width * scale))
  picture.height = Math.max(1, Math.round(height * scale))
  const context = picture.getContext('2d')
  if (!context)
    throw new Error('The picture could not be made: this browser offers no 2-D canvas of that size.')
  context.fillStyle = palette.background
  context.fillRect(0, 0, picture.width, picture.height)
  context.scale(scale, scale)
  context.translate(-left, -top)
  const panels = [...root.querySelectorAll<HTMLElement>('.stage-panel:not([hidden])')]
  for (const panel of panels) drawPanel(context, panel)
  const restore = prepare()
  context.drawImage(canvas, left, top, width, height)
  restore()
  for (const panel of panels) {
    for (const key of panel.querySelectorAll<SVGSVGElement>(
      '.stage-legend .stage-key, .stage-table .stage-key',
    ))
      if (!scrolledAway(key)) drawKey(context, key)
    for (const plot of panel.querySelectorAll('.stage-diagram')) drawDiagram(context, plot)
    drawTexts(context, panel, palette)
    if (panel.dataset.light === 'off') drawVeil(context, panel)
  }
  return new Promise((resolve, reject) =>
    picture.toBlob((blob) =>
      blob ? resolve(blob) : reject(new Error('The picture is too large for this browser.')),
    ),
  )
}

function outline(context: CanvasRenderingContext2D, panel: HTMLElement, inset: number): void {
  const { left, top, width, height } = panel.getBoundingClientRect()
  const radius = Number.parseFloat(getComputedStyle(panel).borderTopLeftRadius) || 0
  context.beginPath()
  context.roundRect(
    left + inset,
    top + inset,
    width - 2 * inset,
    height - 2 * inset,
    Math.max(0, radius - inset),
  )
}

function drawPanel(context: CanvasRenderingContext2D, panel: HTMLElement): void {
  const style = getComputedStyle(panel)
  const lit = panel.dataset.light === 'on'
  const border = lit
    ? Number.parseFloat(style.outlineWidth) || 2
    : Number.parseFloat(style.borderTopWidth) || 1
  outline(context, panel, border / 2)
  context.fillStyle = style.backgroundColor
  context.fill()
  context.lineWidth = border
  context.strokeStyle = lit ? style.outlineColor : style.borderTopColor
  context.stroke()
}

function drawVeil(context: CanvasRenderingContext2D, panel: HTMLElement): void {
  outline(context, panel, 0)
  context.globalAlpha = 0.65
  context.fillStyle = getComputedStyle(panel).backgroundColor
  context.fill()
  context.globalAlpha = 1
}

function drawKey(context: CanvasRenderingContext2D, key: SVGSVGElement): void {
  const { left, top, width, height } = key.getBoundingClientRect()
  if (width === 0) return
  const colour = getComputedStyle(key).color
  context.save()
  context.translate(left, top)
  context.scale(width / keyWidth, height / keyHeight)
  context.strokeStyle = context.fillStyle = colour
  context.lineWidth = 2
  for (const path of key.querySelectorAll('path')) {
    context.globalAlpha = Number(path.getAttribute('opacity') ?? 1)
    const shape = new Path2D(path.getAttribute('d') ?? '')
    if (path.getAttribute('fill') === 'none') context.stroke(shape)
    else context.fill(shape)
  }
  context.restore()
}

/** A diagram's paths and pictures; its texts are drawn with all other texts. */
function drawDiagram(context: CanvasRenderingContext2D, plot: Element): void {
  const seen = plot.getBoundingClientRect()
  context.save()
  context.beginPath()
  context.rect(seen.left, seen.top, seen.width, seen.height)
  context.clip()
  for (const svg of plot.querySelectorAll('svg')) {
    const { left, top } = svg.getBoundingClientRect()
    context.save()
    context.translate(left, top)
    for (const path of svg.querySelectorAll('path')) {
      const { color, fill, opacity, strokeWidth, strokeDasharray, strokeLinecap } = getComputedStyle(path)
      const shape = new Path2D(path.getAttribute('d') ?? '')
      context.globalAlpha = Number(opacity)
      context.fillStyle = context.strokeStyle = color
      context.lineWidth = Number.parseFloat(strokeWidth)
      context.lineCap = strokeLinecap as CanvasLineCap
      const dashes = strokeDasharray === 'none' ? [] : strokeDasharray.split(',').map(Number.parseFloat)
      context.setLineDash(dashes)
      if (fill === 'none') context.stroke(shape)
      else context.fill(shape)
    }
    context.restore()
  }
  context.imageSmoothingEnabled = false
  for (const picture of plot.querySelectorAll('canvas')) {
    const { left, top, width, height } = picture.getBoundingClientRect()
    context.drawImage(picture, left, top, width, height)
  }
  context.restore()
}

/** Toggles, buttons and read-outs are not part of the picture. */
const leftOut = '.stage-toggles, .stage-readout, .stage-tip, [hidden]'

/** Whether a text is only for screen readers: its box is one pixel large or clipped away. */
function onlyHeard(element: Element, panel: Element): boolean {
  for (let box: Element | null = element; box && box !== panel; box = box.parentElement) {
    const { clipPath, overflowX } = getComputedStyle(box)
    if (clipPath.startsWith('inset(50%')) return true
    if (overflowX === 'hidden' && box.getBoundingClientRect().width <= 1) return true
  }
  return false
}

/** Whether an element is outside the visible part of a scrolled table or diagram. */
function scrolledAway(element: Element, box: DOMRect = element.getBoundingClientRect()): boolean {
  const scrolled = element.closest('.stage-table, .stage-diagram')
  if (!scrolled) return false
  const seen = scrolled.getBoundingClientRect()
  if (box.top < seen.top - 1 || box.bottom > seen.bottom + 1) return true
  // a text of a table may be cut at its edge; a text of a diagram is drawn whole or not at all
  return scrolled.matches('.stage-diagram') && (box.left < seen.left - 1 || box.right > seen.right + 1)
}

function drawTexts(context: CanvasRenderingContext2D, panel: HTMLElement, palette: Palette): void {
  const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT)
  const range = document.createRange()
  context.textBaseline = 'alphabetic'
  context.lineJoin = 'round'
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!element || element.closest(leftOut) || onlyHeard(element, panel)) continue
    const style = getComputedStyle(element)
    context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    context.fillStyle = style.color
    const haloed = element.matches('.stage-label-rule, .stage-label-name')
    for (const { text, box } of textLines(node as Text, range)) {
      if (scrolledAway(element, box)) continue
      const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = context.measureText(text)
      const baseline = box.top + (box.height - ascent - descent) / 2 + ascent
      if (haloed) {
        context.strokeStyle = palette.panel
        context.lineWidth = Number.parseFloat(style.fontSize) * 0.28
        context.strokeText(text, box.left, baseline)
      }
      context.fillText(text, box.left, baseline)
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
