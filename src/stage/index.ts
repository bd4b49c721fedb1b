/**
 * The stage: one renderer and one canvas over all panels. Each panel is drawn inside its own rectangle, and only when
 * something in it changed.
 */
import './arrangement.css'
import './panel.css'
import './plot.css'
import './reading.css'
import './handles.css'
import './table.css'
import './compact.css'
import './presentation.css'
import { ColorManagement, LinearSRGBColorSpace, WebGLRenderer } from 'three'
import { inTime } from '../inTime.ts'
import { loadPart } from '../part.ts'
import { isSoftware } from '../softwareNames.ts'
import { arrangePanels, columnsOf } from './arrangement.ts'
import { ChartView } from './chart.ts'
import type {
  Chart,
  Diagram,
  PanelContent,
  PanelOptions,
  PictureOptions,
  Scene,
  Stage,
  Table,
  ThemeName,
} from './contract.ts'
import { DiagramView } from './diagram.ts'
import type { Source, Wanted } from './export/index.ts'
import { listenForFilling, listenToPinches } from './filling.ts'
import { applyPalette, onForcedColours } from './forcedColours.ts'
import { type Point, type Rectangle, TextMeasure } from './labels.ts'
import { readLook, writeLook } from './look.ts'
import type { Host, PanelView } from './panel.ts'
import {
  framedStyle,
  placeAgain,
  placePresented,
  presentedStyle,
  readablePanels,
  shownPanels,
} from './presentation.ts'
import { SceneView } from './scene.ts'
import { createStyle, type Style } from './style.ts'
import { TableView } from './table.ts'

export type * from './contract.ts'
export { applyPalette } from './forcedColours.ts'
export { palette } from './palette.ts'

/** Largest number of pixels: more are not worth their time and memory. */
const pixelBudget = 16e6
/**
 * Milliseconds of drawing in one frame; the remaining panels wait for the next frame, so that drawing never blocks a
 * slider for long. First pictures, with shaders to compile, take many times as long as later ones.
 */
const drawBudget = 5
/** Smallest font size to which a scarce height may reduce the texts. */
const smallestFont = 16
/** CSS pixels. In a lower window, as of an enlarged page, a picture below the others has little height, too. */
const lowWindow = 600
/** Lines of type that a panel in a frame has above and below its picture. */
const frameLines = 4
const phoneWidth = 500
/** Largest font size of an enlarged page and of a phone, which are read from near. */
const nearFont = 13
/** Two fingers enlarge a panel up to so many times. */
const largestZoom = 4

// colours are blended as the page blends them, so that they match its legends exactly
ColorManagement.enabled = false

export function createStage(container: HTMLElement, theme: ThemeName): Stage {
  const canvas = document.createElement('canvas')
  // kept pixels permit drawing one panel without the others
  const attributes = {
    alpha: true,
    antialias: true,
    depth: true,
    stencil: false,
    preserveDrawingBuffer: true,
  }
  const context = canvas.getContext('webgl2', attributes) as WebGL2RenderingContext | null
  if (!context)
    throw new Error(
      'The charts need WebGL 2, which this browser does not offer; turn on hardware acceleration or use a current browser.',
    )
  return new PanelStage(container, theme, canvas, context)
}

class PanelStage implements Stage, Host {
  readonly renderer: WebGLRenderer
  readonly measure = new TextMeasure()
  readonly software: boolean
  style: Style
  private readonly root = document.createElement('div')
  private readonly observer = new ResizeObserver(() => this.resized())
  private readonly listeners = new AbortController()
  private views: PanelView[] = []
  private areas = new Map<PanelView, Rectangle>()
  private lit: readonly string[] = []
  private veiled: Parameters<Stage['veil']> = [[], '']
  private notes: Parameters<Stage['annotate']>[0]
  /** The curve that stands out. */
  asked: string | undefined
  private named: readonly string[] = []
  private presenting = false
  private inFrame = false
  /** The panel that fills the stage while presenting. */
  private filling: string | undefined
  /** By how much two fingers have enlarged it. */
  private zoom = 1
  private looks = new Map<string, string>()
  private readonly changed = new Set<PanelView>()
  private halted = false
  private height = 0
  private pixelRatio = 0
  private shownRatio = 0
  private moved = true
  private pending = 0
  /** True until the running task has requested all its changes. */
  private collecting = false
  /** True until the next animation frame, which shows the picture drawn last. */
  private drawnInFrame = false
  /** Signalled when the GPU has finished the last drawing. */
  private fence: WebGLSync | null = null
  private disposed = false
  private draws = 0
  private milliseconds = 0

  constructor(
    private readonly container: HTMLElement,
    private theme: ThemeName,
    private readonly canvas: HTMLCanvasElement,
    context: WebGL2RenderingContext,
  ) {
    this.style = createStyle(theme, container.clientWidth, container.clientHeight)
    this.software = isSoftware(rendererName(context))
    this.renderer = new WebGLRenderer({ canvas, context, antialias: true, alpha: true })
    this.renderer.outputColorSpace = LinearSRGBColorSpace
    this.renderer.autoClear = false
    // a check waits for the compiler; tests find a failed shader by its blank picture
    this.renderer.debug.checkShaderErrors = import.meta.env.DEV
    this.prepareContext()
    canvas.className = 'stage-canvas'
    canvas.setAttribute('aria-hidden', 'true')
    this.root.className = 'stage'
    this.root.append(canvas)
    container.append(this.root)
    this.observer.observe(this.root)
    this.observer.observe(container)
    const { signal } = this.listeners
    onForcedColours(() => this.restyle(true), signal)
    listenForFilling(this.root, (panel) => this.fill(panel), signal)
    const enlarged = {
      now: () => (this.presenting ? this.zoom : undefined),
      zoom: (panel: string, factor: number, at: Point) => this.enlarge(panel, factor, at),
    }
    listenToPinches(this.root, enlarged, signal)
    const lost = (value: boolean) => {
      for (const { panel } of this.views) panel.setLost(value)
    }
    canvas.addEventListener('webglcontextlost', () => lost(true), { signal })
    canvas.addEventListener(
      'webglcontextrestored',
      () => {
        lost(false)
        this.prepareContext()
        // the canvas is empty: no panel is where it was drawn
        this.areas.clear()
        this.redrawAll()
      },
      { signal },
    )
    // the widths of texts change when a font arrives
    document.fonts.ready.then(() => {
      if (!this.disposed) this.restyle(true)
    })
    this.restyle(true)
  }

  chart(options: PanelOptions): Chart {
    return this.add(new ChartView(options, this))
  }

  scene(options: PanelOptions): Scene {
    return this.add(new SceneView(options, this))
  }

  table(options: PanelOptions): Table {
    return this.add(new TableView(options))
  }

  diagram(options: PanelOptions): Diagram {
    return this.add(new DiagramView(options, this))
  }

  reveal(panel: string): void {
    const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'
    const view = this.views.find((one) => one.panel.id === panel)
    view?.panel.element.scrollIntoView({ block: 'nearest', behavior })
  }

  setToggle(panel: string, label: string, value: boolean): void {
    for (const view of this.views) if (view.panel.id === panel) view.panel.setToggle(label, value, this.looks)
  }

  onLook(listener: (look: string) => void): void {
    this.root.addEventListener('look', (event) => {
      const [key, value] = (event as CustomEvent<[string, string]>).detail
      this.looks.set(key, value)
      listener(writeLook(this.looks))
    })
  }

  setLook(look: string): void {
    if (look === writeLook(this.looks)) return
    this.looks = readLook(look)
    for (const view of this.views) this.applyLook(view)
  }

  private applyLook(view: PanelView): void {
    view.panel.applyLook(this.looks)
    const camera = this.looks.get(`${view.panel.id}.camera`)
    if (camera) view.look?.(camera)
  }

  light(panels: readonly string[]): void {
    this.lit = panels
    this.unfill()
    this.standOut(undefined)
    for (const view of this.views) this.applyLight(view)
    this.arrange()
    // lit panels may have moved
    this.redrawAll()
  }

  veil(...veiled: Parameters<Stage['veil']>): void {
    this.veiled = veiled
    for (const view of this.views) this.applyVeil(view)
  }

  annotate(notes: Parameters<Stage['annotate']>[0]): void {
    this.notes = notes
    for (const view of this.views) this.applyNotes(view)
  }

  standOut(curve: string | undefined): boolean {
    const seen = (view: PanelView, asked: string) =>
      !view.panel.veiled && (this.areas.get(view)?.width ?? 0) >= 1 && view.draws(asked)
    const before = this.asked
    this.asked = curve !== undefined && this.views.some((view) => seen(view, curve)) ? curve : undefined
    if (before !== this.asked) {
      for (const view of this.views) {
        view.follow?.()
        this.changed.add(view)
      }
      this.schedule()
    }
    return this.asked !== undefined
  }

  nameCurves(curves: readonly string[]): void {
    this.named = curves
    for (const { panel } of this.views) panel.nameCurves(curves)
  }

  present(presenting: boolean, inFrame = false): void {
    if (presenting === this.presenting && inFrame === this.inFrame) return
    this.presenting = presenting
    this.inFrame = inFrame
    this.unfill()
    this.root.classList.toggle('stage-presenting', presenting)
    const panels = this.views.map(({ panel }) => panel)
    if (!presenting) placeAgain(this.root, panels)
    this.restyle(true)
    // the place of a picture is not the same in a whole page
    this.resized()
  }

  /** Lets this panel fill the stage while presenting; the same one once more puts it back. */
  private fill(panel: string): void {
    if (!this.presenting) return
    const before = this.filling
    this.unfill()
    if (before !== panel) this.filling = panel
    this.resized()
  }

  private unfill(): void {
    this.filling = undefined
    this.setZoom(1)
  }

  private setZoom(zoom: number): void {
    this.zoom = zoom
    this.root.classList.toggle('stage-zoomed', zoom > 1)
    this.root.style.setProperty('--stage-zoom', String(zoom))
  }

  /** Enlarges a panel that fills the stage; the point of the window under the fingers stays there. */
  private enlarge(panel: string, factor: number, at: Point): void {
    if (this.filling !== panel) this.fill(panel)
    const zoom = Math.max(1, Math.min(largestZoom, factor))
    if (zoom === this.zoom) return
    const { container } = this
    const { left, top } = container.getBoundingClientRect()
    const ratio = zoom / this.zoom
    const wanted = {
      left: (container.scrollLeft + at.x - left) * ratio - (at.x - left),
      top: (container.scrollTop + at.y - top) * ratio - (at.y - top),
    }
    this.setZoom(zoom)
    container.scrollTo({ ...wanted, behavior: 'instant' })
  }

  setTheme(theme: ThemeName): void {
    if (theme === this.theme) return
    this.theme = theme
    this.restyle(true)
  }

  halt(halted: boolean): void {
    this.halted = halted
    for (const { panel } of this.views) panel.setHalted(halted)
  }

  async exportImage(scale: number, options: PictureOptions = {}): Promise<Blob> {
    const { drawPixels, toPng } = await this.exporting()
    return toPng(this.asSaved(options, (source, wanted) => drawPixels(source, scale, wanted)))
  }

  async exportVector(options: PictureOptions = {}): Promise<string> {
    const { drawSvg } = await this.exporting()
    return this.asSaved(options, drawSvg)
  }

  async livePainter() {
    const { CanvasPen, drawLive } = await this.exporting()
    return (context: CanvasRenderingContext2D) =>
      drawLive(new CanvasPen(context), this.root, this.views, this.style.palette, this.canvas)
  }

  contents(): readonly PanelContent[] {
    return this.views
      .filter(({ panel }) => !panel.element.hidden)
      .map((view) => ({
        id: view.panel.id,
        title: view.panel.shownTitle,
        solid: view instanceof SceneView,
        content: view.panel.veiled ? undefined : view.content,
      }))
  }

  /** The code for saved pictures, once everything is there that they need. */
  private async exporting() {
    const [code] = await Promise.all([
      loadPart('The code for saved pictures', () => import('./export/index.ts')),
      document.fonts.ready,
      this.contextReady(),
    ])
    return code
  }

  /** Draws the stage as it is saved, then as before; the page shows nothing of it. */
  private asSaved<Result>(
    { footer, panel, theme = this.theme }: PictureOptions,
    draw: (source: Source, wanted: Wanted) => Result,
  ): Result {
    const wanted = { panel, footer: footer?.() ?? [] }
    const before = this.theme
    this.setTheme(theme)
    try {
      // labels of another size move what is beside them: the second time everything has its place
      for (let time = 0; time < 2; time++) {
        this.locate()
        for (const view of this.views) this.drawView(view)
      }
      const { root, views } = this
      const { palette } = this.style
      return draw({ root, views, palette, tile: (view, ratio) => this.tile(view, ratio) }, wanted)
    } finally {
      this.setTheme(before)
      this.pixelRatio = 0
      this.redrawAll()
      this.draw()
    }
  }

  /** Waits until WebGL can draw. Rejects with a sentence where a lost context does not come back. */
  private async contextReady(): Promise<void> {
    if (!this.renderer.getContext().isContextLost()) return
    const restored = new Promise<void>((resolve) =>
      this.canvas.addEventListener('webglcontextrestored', () => resolve(), { once: true }),
    )
    await inTime(
      restored,
      'the browser has taken the drawing context away, and gave no new one',
      undefined,
      5,
    )
  }

  statistics() {
    return { draws: this.draws, milliseconds: this.milliseconds }
  }

  clear(): void {
    for (const view of this.views) {
      this.observer.unobserve(view.panel.plot)
      view.panel.element.remove()
      view.dispose()
    }
    this.views = []
    this.arrange()
    this.areas.clear()
    this.changed.clear()
    this.restrict({ left: 0, top: 0, width: this.root.clientWidth, height: this.height })
    this.renderer.clear()
  }

  dispose(): void {
    if (this.disposed) return
    this.clear()
    this.disposed = true
    cancelAnimationFrame(this.pending)
    this.observer.disconnect()
    this.listeners.abort()
    this.renderer.dispose()
    // a page may have only a few contexts: do not wait for the garbage collector
    this.renderer.forceContextLoss()
    this.root.remove()
  }

  /**
   * Draws at once, unless something else was drawn for the coming frame. Where the CPU draws, the picture is then half
   * finished when the browser asks for the frame.
   */
  redraw(view: PanelView): void {
    this.changed.add(view)
    if (this.collecting || this.pending) return
    this.collecting = true
    queueMicrotask(() => {
      this.collecting = false
      if (this.pending || this.disposed) return
      if (this.drawnInFrame || !this.previousIsShown()) return this.schedule()
      this.drawnInFrame = true
      requestAnimationFrame(() => {
        this.drawnInFrame = false
      })
      this.draw()
    })
  }

  restrict({ left, top, width, height }: Rectangle): void {
    // WebGL counts from the bottom
    this.renderer.setScissor(left, this.height - top - height, width, height)
  }

  /** Sets the state of the context itself, which a context loss deletes. */
  private prepareContext(): void {
    this.renderer.setClearColor(0, 0)
    this.renderer.setScissorTest(true)
  }

  private applyLight({ panel: { element, id } }: PanelView): void {
    if (this.lit.length === 0) delete element.dataset.light
    else element.dataset.light = this.lit.includes(id) ? 'on' : 'off'
  }

  private applyVeil(view: PanelView): void {
    const [panels, sentence, sheet] = this.veiled
    const { id, veiled: before } = view.panel
    view.panel.setVeil(
      panels.includes(id) ? sentence : undefined,
      sheet?.panel === id ? sheet.node : undefined,
    )
    if (view.panel.veiled === before) return
    this.changed.add(view)
    this.schedule()
  }

  private applyNotes(view: PanelView): void {
    if (view instanceof ChartView) view.annotate(this.notes?.panel === view.panel.id ? this.notes.marks : [])
  }

  private add<View extends PanelView>(view: View): View {
    this.views.push(view)
    view.panel.setLost(this.renderer.getContext().isContextLost())
    view.panel.setHalted(this.halted)
    this.applyLight(view)
    this.applyVeil(view)
    this.applyNotes(view)
    view.panel.nameCurves(this.named)
    this.root.append(view.panel.element)
    this.observer.observe(view.panel.plot)
    this.arrange()
    this.restyle(false)
    this.redrawAll()
    // once all panels of the view are there
    queueMicrotask(() => this.applyLook(view))
    return view
  }

  private redrawAll(): void {
    this.moved = true
    for (const view of this.views) this.changed.add(view)
    this.schedule()
  }

  private schedule(): void {
    if (this.pending || this.disposed) return
    this.pending = requestAnimationFrame(() => {
      this.pending = 0
      if (this.previousIsShown()) this.draw()
      else this.schedule()
    })
  }

  /**
   * Whether the GPU has finished the last drawing. Drawing more before that only fills its queue, and the browser then
   * blocks the page until the queue is empty: for a second where the CPU draws in place of a GPU.
   */
  private previousIsShown(): boolean {
    const context = this.renderer.getContext() as WebGL2RenderingContext
    const { fence } = this
    if (!fence) return true
    const status = context.clientWaitSync(fence, 0, 0)
    if (status === context.TIMEOUT_EXPIRED) return false
    context.deleteSync(fence)
    this.fence = null
    return true
  }

  private resized(): void {
    if (this.disposed) return
    this.arrange()
    this.restyle(false)
    this.moved = true
    for (const view of this.views) this.changed.add(view)
    // at once, in the same frame, because a resized canvas is empty
    this.draw()
  }

  private arrange(): void {
    const panels = this.views.map(({ panel }) => panel)
    if (this.presenting) {
      const header = this.inFrame ? frameLines * this.style.font : 0
      const { clientWidth, clientHeight } = this.container
      const wanted = shownPanels(panels, this.lit, this.filling)
      const chosen = !this.inFrame || this.lit.length > 0
      const shown = chosen ? wanted : readablePanels(wanted, clientWidth, clientHeight, header)
      placePresented(this.root, panels, shown, header)
      for (const panel of panels) panel.offerFilling(shown.length, panel.id === this.filling)
      return
    }
    arrangePanels(this.root, panels, this.lit, this.style.compact)
  }

  private restyle(always: boolean): void {
    const style = this.currentStyle()
    const same = (['font', 'line', 'compact'] as const).every((name) => style[name] === this.style[name])
    if (!always && same) return
    this.style = style
    this.root.classList.toggle('stage-compact', style.compact)
    this.arrange()
    applyPalette(this.root, this.theme)
    this.root.dataset.theme = this.theme
    this.root.style.setProperty('--stage-font', `${style.font}px`)
    this.measure.setFont(getComputedStyle(this.root).fontFamily, style.font)
    this.redrawAll()
  }

  private currentStyle(): Style {
    const { clientWidth: width, clientHeight: height } = this.container
    const style = createStyle(this.theme, width, height)
    if (this.presenting)
      return this.inFrame ? framedStyle(style, innerWidth, innerHeight) : presentedStyle(style, innerHeight)
    const columns = columnsOf(width, this.views.length)
    const low = innerHeight < lowWindow
    if (columns === 1) {
      const near = low || innerWidth < phoneWidth
      return { ...style, compact: low, font: near ? Math.min(style.font, nearFont) : style.font }
    }
    const rows = Math.ceil(this.views.length / columns)
    // a low window is scrolled, and the panels themselves decide the height
    const compact = low || (rows > 0 && height / rows < style.font * 24)
    // two rows of panels are more important than larger letters
    const font = compact ? Math.min(style.font, Math.max(smallestFont, style.font * 0.88)) : style.font
    return { ...style, compact, font }
  }

  private largestRatio(width = this.root.clientWidth, height = this.root.clientHeight): number {
    const { maxTextureSize } = this.renderer.capabilities
    const side = Math.max(1, width, height)
    return Math.min(Math.sqrt(pixelBudget / Math.max(1, width * height)), maxTextureSize / side)
  }

  /** Measures the panels' places; true if the canvas was emptied. No other function reads the page's layout. */
  private locate(): boolean {
    let emptied = false
    const { canvas, root, renderer } = this
    const origin = root.getBoundingClientRect()
    const ratio = Math.min(devicePixelRatio || 1, 2, this.largestRatio())
    const width = Math.max(1, Math.round(origin.width))
    const height = Math.max(1, Math.round(origin.height))
    const columns = Math.floor(width * ratio)
    const rows = Math.floor(height * ratio)
    this.height = height
    if (canvas.width !== columns || canvas.height !== rows || ratio !== this.pixelRatio) {
      this.pixelRatio = ratio
      renderer.setPixelRatio(ratio)
      renderer.setSize(width, height, false)
      // resizing empties the canvas
      emptied = true
    }
    const areas = new Map(
      this.views.map((view) => {
        const { left, top, width, height } = view.panel.plot.getBoundingClientRect()
        return [view, { left: left - origin.left, top: top - origin.top, width, height }]
      }),
    )
    if (this.views.some((view) => !sameRectangle(areas.get(view), this.areas.get(view)))) {
      // the pictures at the old places must be erased
      this.restrict({ left: 0, top: 0, width, height })
      renderer.clear()
      emptied = true
    }
    if (emptied) for (const view of this.views) this.changed.add(view)
    this.areas = areas
    this.moved = false
    return emptied
  }

  private draw(): void {
    if (this.disposed || this.renderer.getContext().isContextLost()) return
    const start = performance.now()
    const emptied = (this.moved || devicePixelRatio !== this.shownRatio) && this.locate()
    this.shownRatio = devicePixelRatio
    for (const view of this.changed) {
      this.drawView(view)
      this.changed.delete(view)
      // an emptied canvas must not become visible
      if (!emptied && performance.now() - start > drawBudget) break
    }
    if (this.changed.size > 0) this.schedule()
    const context = this.renderer.getContext() as WebGL2RenderingContext
    if (this.fence) context.deleteSync(this.fence)
    this.fence = context.fenceSync(context.SYNC_GPU_COMMANDS_COMPLETE, 0)
    context.flush()
    this.milliseconds = performance.now() - start
  }

  private drawView(view: PanelView): void {
    const area = this.areas.get(view)
    if (!area || !(area.width >= 1 && area.height >= 1)) return
    const bottom = this.height - area.top - area.height
    this.renderer.setViewport(area.left, bottom, area.width, area.height)
    this.restrict(area)
    this.renderer.clear()
    if (view.panel.veiled) return
    view.draw(area)
    this.draws++
  }

  /** Draws one panel alone, so that the canvas has room for many pixels. The caller reads the canvas. */
  private tile(view: PanelView, wanted: number): HTMLCanvasElement {
    const { width, height } = view.panel.plot.getBoundingClientRect()
    this.height = height
    this.renderer.setPixelRatio(Math.min(wanted, this.largestRatio(width, height)))
    this.renderer.setSize(width, height, false)
    this.areas.set(view, { left: 0, top: 0, width, height })
    this.drawView(view)
    return this.canvas
  }
}

/** The renderer's name. Chromium gives it only through an extension; Firefox warns of this extension. */
function rendererName(context: WebGL2RenderingContext): string {
  const name = String(context.getParameter(context.RENDERER))
  const info = name.startsWith('WebKit') ? context.getExtension('WEBGL_debug_renderer_info') : null
  return info ? String(context.getParameter(info.UNMASKED_RENDERER_WEBGL)) : name
}

function sameRectangle(a: Rectangle | undefined, b: Rectangle | undefined): boolean {
  return a?.left === b?.left && a?.top === b?.top && a?.width === b?.width && a?.height === b?.height
}
