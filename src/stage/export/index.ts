/** Saved pictures of the stage: as pixels, or as an SVG whose flat panels are curves. Loaded with the first one. */
import type { Rectangle } from '../labels.ts'
import type { Palette } from '../palette.ts'
import type { PanelView } from '../panel.ts'
import { drawFooter, footerHeight, footerLines } from './footer.ts'
import { drawDim, drawFrame, drawWords } from './page.ts'
import { CanvasPen, type Pen } from './pen.ts'
import { SvgPen } from './svgPen.ts'
import { drawScene } from './vectors.ts'

export { drawTexts } from './page.ts'
export { CanvasPen } from './pen.ts'

/** What the stage gives. */
export interface Source {
  readonly root: HTMLElement
  readonly views: readonly PanelView[]
  readonly palette: Palette
  /** Draws one panel's plot alone on the canvas, with so many pixels per CSS pixel, as far as they fit. */
  readonly tile: (view: PanelView, ratio: number) => HTMLCanvasElement
}

/** What to draw. */
export interface Wanted {
  readonly panel?: string
  readonly footer: readonly string[]
}

/** Pixels per CSS pixel of the pictures inside of an SVG. */
const pictureRatio = 2
/** Around a panel that is saved alone. */
const margin = 10

const isShown = ({ panel: { element } }: PanelView) => !element.hidden

/** The panels to draw, and the part of the page that they fill. */
function chosen({ root, views }: Source, panel: string | undefined) {
  if (panel === undefined) return { shown: views.filter(isShown), room: root.getBoundingClientRect() }
  const view = views.find((one) => one.panel.id === panel && isShown(one))
  if (!view) throw new Error('This panel is not shown now.')
  const { left, top, width, height } = view.panel.element.getBoundingClientRect()
  const room = {
    left: left - margin,
    top: top - margin,
    width: width + 2 * margin,
    height: height + 2 * margin,
  }
  return { shown: [view], room }
}

/** Draws `room` of the page and the footer under it. */
function draw(pen: Pen, source: Source, options: Wanted, plot: (view: PanelView) => void): void {
  const { palette, root } = source
  const { shown, room } = chosen(source, options.panel)
  const lines = footerLines(root, room.width, options.footer)
  const height = room.height + footerHeight(root, lines)
  pen.path(`M0 0H${room.width}V${height}H0Z`, { fill: palette.background })
  pen.within({ x: -room.left, y: -room.top }, undefined, () => {
    for (const { panel } of shown) drawFrame(pen, panel.element)
    for (const view of shown) if (!view.panel.veiled) plot(view)
    for (const { panel } of shown) drawWords(pen, panel.element, palette)
    // one that is saved alone has nothing that it could be darker than
    if (options.panel === undefined) for (const { panel } of shown) drawDim(pen, panel.element)
  })
  drawFooter(pen, root, palette, { lines, top: room.height, width: room.width })
}

/** The size of the picture, in CSS pixels. */
function sizeOf(source: Source, { panel, footer }: Wanted) {
  const { room } = chosen(source, panel)
  const lines = footerLines(source.root, room.width, footer)
  return { width: room.width, height: room.height + footerHeight(source.root, lines) }
}

function placeOf({ panel }: PanelView): Rectangle | undefined {
  const place = panel.plot.getBoundingClientRect()
  return panel.kind === 'picture' && place.width >= 1 && place.height >= 1 ? place : undefined
}

/** A canvas with the picture, `scale` pixels per CSS pixel. */
export function drawPixels(source: Source, scale: number, options: Wanted): HTMLCanvasElement {
  const { width, height } = sizeOf(source, options)
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext('2d')
  if (!context)
    throw new Error('The picture could not be made: this browser offers no 2-D canvas of that size.')
  const pen = new CanvasPen(context)
  pen.within({ x: 0, y: 0, scale }, undefined, () =>
    draw(pen, source, options, (view) => {
      const place = placeOf(view)
      if (place) pen.picture(source.tile(view, scale), place)
    }),
  )
  return canvas
}

export const toPng = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) =>
    canvas.toBlob((blob) =>
      blob ? resolve(blob) : reject(new Error('The picture is too large for this browser.')),
    ),
  )

export function drawSvg(source: Source, options: Wanted): string {
  const pen = new SvgPen()
  draw(pen, source, options, (view) => {
    const place = placeOf(view)
    if (!place) return
    const vectors = view.vectors?.()
    if (vectors)
      for (const { scene, clip } of vectors) drawScene(pen, scene, { x: place.left, y: place.top }, clip)
    else if (!view.panel.plot.classList.contains('stage-diagram'))
      pen.picture(copyOf(source.tile(view, pictureRatio)), place)
  })
  const { width, height } = sizeOf(source, options)
  const { shown } = chosen(source, options.panel)
  const said = shown.map(({ panel }) => panel.plot.getAttribute('aria-label') ?? '')
  const titles = shown.map(({ panel }) => panel.element.querySelector('.stage-title')?.textContent ?? '')
  return pen.svg(width, height, titles.join(', '), [...said, ...options.footer].join('\n'))
}

/** A canvas of WebGL is read as it is now. */
function copyOf(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const copy = document.createElement('canvas')
  copy.width = canvas.width
  copy.height = canvas.height
  copy.getContext('2d')?.drawImage(canvas, 0, 0)
  return copy
}

/** Draws the stage as it is on the page: `canvas` has the plots already. For pictures that follow each other quickly. */
export function drawLive(
  pen: Pen,
  root: HTMLElement,
  views: readonly PanelView[],
  palette: Palette,
  canvas: HTMLCanvasElement,
): void {
  const shown = views.filter(isShown)
  for (const { panel } of shown) drawFrame(pen, panel.element)
  pen.picture(canvas, root.getBoundingClientRect())
  for (const { panel } of shown) {
    drawWords(pen, panel.element, palette)
    drawDim(pen, panel.element)
  }
}
