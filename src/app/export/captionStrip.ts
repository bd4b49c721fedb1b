/** The caption of the story as a strip of a recording: a copy of it beside the page, from which it is drawn. */
import type { CanvasPen } from '../../stage/export/pen.ts'
import { element } from '../dom.ts'

type Draw = (pen: CanvasPen, inside: HTMLElement, ground: string) => void

/** Lines of fractions and roots. */
function drawFormulas(pen: CanvasPen, inside: HTMLElement): void {
  for (const line of inside.querySelectorAll('.frac-line, .overline-line, .underline-line')) {
    const { left, right, bottom } = line.getBoundingClientRect()
    const { borderBottomColor: stroke, borderBottomWidth } = getComputedStyle(line)
    const width = Math.max(1, Number.parseFloat(borderBottomWidth))
    pen.path(`M${left} ${bottom - width / 2}H${right}`, { stroke, width })
  }
  for (const svg of inside.querySelectorAll<SVGSVGElement>('.katex-html svg')) {
    const { left, top, height } = svg.getBoundingClientRect()
    const seen = svg.parentElement!.getBoundingClientRect()
    const scale = height / svg.viewBox.baseVal.height
    const clip = { left: 0, top: 0, width: (seen.right - left) / scale, height: height / scale }
    const { color: fill } = getComputedStyle(svg)
    pen.within({ x: left, y: top, scale }, clip, () => {
      for (const path of svg.querySelectorAll('path')) pen.path(path.getAttribute('d') ?? '', { fill })
    })
  }
}

export interface CaptionStrip {
  /** Draws the present caption into a strip of this width and height, with its upper left corner as the origin. */
  draw(pen: CanvasPen, width: number, height: number): void
  dispose(): void
}

export function createCaptionStrip(drawTexts: Draw): CaptionStrip {
  const copy = element('div', { class: 'caption-strip', 'aria-hidden': 'true', inert: true })
  document.body.append(copy)
  let shown = ''
  let size = ''
  /** Letters as large as the strip permits. */
  const fitLetters = (width: number, height: number) => {
    copy.style.width = `${width}px`
    for (let font = 20; font >= 9; font -= 1) {
      copy.style.fontSize = `${font}px`
      if (copy.scrollHeight <= height) break
    }
  }
  return {
    draw(pen, width, height) {
      const title = document.querySelector('.story h2')
      const caption = document.querySelector('.story .caption')
      const now = `${title?.textContent}\n${caption?.innerHTML}`
      if (now !== shown || size !== `${width} ${height}`) {
        copy.replaceChildren(...[title, caption].flatMap((node) => (node ? [node.cloneNode(true)] : [])))
        for (const node of copy.querySelectorAll('[id]')) node.removeAttribute('id')
        fitLetters(width, height)
        shown = now
        size = `${width} ${height}`
      }
      const { left, top } = copy.getBoundingClientRect()
      const { backgroundColor } = getComputedStyle(copy)
      const room = { left: 0, top: 0, width, height }
      pen.within({ x: 0, y: 0 }, room, () => {
        pen.path(`M0 0H${width}V${height}H0Z`, { fill: backgroundColor })
        pen.within({ x: -left, y: -top }, undefined, () => {
          drawTexts(pen, copy, backgroundColor)
          drawFormulas(pen, copy)
        })
      })
    },
    dispose: () => copy.remove(),
  }
}
