/** The lines under a saved picture: what it shows, and where it comes from. */
import type { Palette } from '../palette.ts'
import type { Pen } from './pen.ts'

const padding = 12
/** Height of a line, in multiples of the letters'. */
const leading = 1.4

const measuring = document.createElement('canvas').getContext('2d')

function type(root: HTMLElement) {
  const { fontFamily: family, fontSize } = getComputedStyle(root)
  return { family, size: Math.max(10, Number.parseFloat(fontSize) * 0.72) }
}

/** The texts, broken to the width of the picture. A long word, such as a link, is broken anywhere. */
export function footerLines(root: HTMLElement, width: number, texts: readonly string[]): readonly string[] {
  const { family, size } = type(root)
  if (!measuring) return texts
  measuring.font = `400 ${size}px ${family}`
  const room = width - 2 * padding
  const fits = (text: string) => measuring!.measureText(text).width <= room
  return texts.flatMap((text) => {
    const lines: string[] = []
    let line = ''
    for (const word of text.split(' ')) {
      const longer = line ? `${line} ${word}` : word
      if (fits(longer)) {
        line = longer
        continue
      }
      if (line) lines.push(line)
      line = word
      while (!fits(line) && line.length > 1) {
        let end = line.length - 1
        while (end > 1 && !fits(line.slice(0, end))) end--
        lines.push(line.slice(0, end))
        line = line.slice(end)
      }
    }
    return [...lines, line]
  })
}

export const footerHeight = (root: HTMLElement, lines: readonly string[]): number =>
  lines.length === 0 ? 0 : Math.ceil(lines.length * type(root).size * leading + padding * 1.5)

export function drawFooter(
  pen: Pen,
  root: HTMLElement,
  palette: Palette,
  { lines, top, width }: { readonly lines: readonly string[]; readonly top: number; readonly width: number },
): void {
  if (lines.length === 0) return
  const { family, size } = type(root)
  pen.path(`M${padding} ${top + 0.5}H${width - padding}`, { stroke: palette.border, width: 1 })
  for (const [index, text] of lines.entries()) {
    const baseline = top + padding / 2 + size * (leading * index + 1.1)
    const line = { text, left: padding, right: width - padding, baseline, anchor: 'start' } as const
    pen.text(line, { weight: '400', size, family, colour: palette.muted })
  }
}
