/** Draws a picture as an SVG: curves and texts stay curves and texts. */
import type { Rectangle } from '../labels.ts'
import type { Lettering, Line, Paint, Pen } from './pen.ts'

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const short = (value: number) => String(Number(value.toFixed(2)))

/** A colour and its opacity as every SVG program reads them: `color(srgb …)` and `rgba(…)` are not for all. */
function plainColour(text: string): readonly [colour: string, opacity: number] {
  const numbers = (text.match(/[\d.]+%?/g) ?? []).map((part) => Number.parseFloat(part))
  const unit = text.startsWith('color(srgb ') ? 255 : 1
  if (!/^(rgb|color\(srgb )/.test(text) || numbers.length < 3) return [text, 1]
  const hex = numbers
    .slice(0, 3)
    .map((part) =>
      Math.round(part * unit)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')
  return [`#${hex}`, numbers[3] ?? 1]
}

export class SvgPen implements Pen {
  private readonly parts: string[] = []
  private clips = 0

  path(shape: string, { fill, stroke, width = 1, opacity = 1, dash, offset, round }: Paint): void {
    const attributes = [`d="${escaped(shape)}"`, this.colour('fill', fill, opacity)]
    if (stroke) {
      attributes.push(this.colour('stroke', stroke, opacity), `stroke-width="${short(width)}"`)
      attributes.push('stroke-linejoin="round"', round ? 'stroke-linecap="round"' : '')
      if (dash?.length) attributes.push(`stroke-dasharray="${dash.map(short).join(' ')}"`)
      if (dash?.length && offset) attributes.push(`stroke-dashoffset="${short(offset)}"`)
    }
    this.parts.push(`<path ${attributes.filter(Boolean).join(' ')}/>`)
  }

  text(
    { text, left, right, baseline, anchor }: Line,
    { weight, italic, size, family, colour, halo }: Lettering,
  ): void {
    const x = anchor === 'start' ? left : anchor === 'end' ? right : (left + right) / 2
    const attributes = [
      `x="${short(x)}" y="${short(baseline)}" font-family="${escaped(family)}" font-size="${short(size)}"`,
      weight === '400' ? '' : `font-weight="${weight}"`,
      italic ? 'font-style="italic"' : '',
      anchor === 'start' ? '' : `text-anchor="${anchor}"`,
      this.colour('fill', colour, 1),
      halo
        ? `${this.colour('stroke', halo.colour, 1)} stroke-width="${short(halo.width)}" stroke-linejoin="round" paint-order="stroke"`
        : '',
    ]
    this.parts.push(`<text ${attributes.filter(Boolean).join(' ')}>${escaped(text)}</text>`)
  }

  picture(image: HTMLCanvasElement, { left, top, width, height }: Rectangle, pixelated = false): void {
    if (image.width === 0 || image.height === 0) return
    const place = `x="${short(left)}" y="${short(top)}" width="${short(width)}" height="${short(height)}"`
    const look = pixelated ? ' style="image-rendering:pixelated"' : ''
    this.parts.push(
      `<image ${place} preserveAspectRatio="none"${look} href="${image.toDataURL('image/png')}"/>`,
    )
  }

  within(
    { x, y, scale = 1 }: { readonly x: number; readonly y: number; readonly scale?: number },
    clip: Rectangle | undefined,
    draw: () => void,
  ): void {
    const moved = `transform="translate(${short(x)} ${short(y)})${scale === 1 ? '' : ` scale(${scale})`}"`
    if (clip) {
      const id = `clip${++this.clips}`
      const { left, top, width, height } = clip
      const box = `x="${short(left)}" y="${short(top)}" width="${short(width)}" height="${short(height)}"`
      this.parts.push(`<clipPath id="${id}"><rect ${box}/></clipPath>`)
      this.parts.push(`<g ${moved}><g clip-path="url(#${id})">`)
    } else this.parts.push(`<g ${moved}><g>`)
    draw()
    this.parts.push('</g></g>')
  }

  /** The whole picture; `said` is what it shows, in words. */
  svg(width: number, height: number, title: string, said: string): string {
    const size = `width="${short(width)}" height="${short(height)}" viewBox="0 0 ${short(width)} ${short(height)}"`
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
      `<title>${escaped(title)}</title>`,
      `<desc>${escaped(said)}</desc>`,
      ...this.parts,
      '</svg>\n',
    ].join('\n')
  }

  private colour(name: 'fill' | 'stroke', text: string | undefined, opacity: number): string {
    if (!text) return `${name}="none"`
    const [colour, own] = plainColour(text)
    const whole = own * opacity
    return `${name}="${escaped(colour)}"${whole < 1 ? ` ${name}-opacity="${short(whole)}"` : ''}`
  }
}
