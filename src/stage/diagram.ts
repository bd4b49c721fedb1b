/**
 * A block diagram of one panel: an SVG of paths, texts over it, and particles that run along its arrows. The particles
 * move while the diagram is visible; they stand still where the reader wants no motion.
 */
import './diagram.css'
import type { Diagram, DiagramContent, PanelOptions } from './contract.ts'
import { layoutDiagram, type PlacedBox } from './diagramGeometry.ts'
import { type DiagramPicture, drawDiagram, particlePath, type Shape, type Way } from './diagramShapes.ts'
import { followPointer, setRead } from './hover.ts'
import type { Rectangle } from './labels.ts'
import { element, type Host, Panel, type PanelView } from './panel.ts'
import { drawPicture } from './picture.ts'
import { draws, standingOut } from './standing.ts'

const namespace = 'http://www.w3.org/2000/svg'
/**
 * Least milliseconds between two pictures of the particles where the CPU draws in place of a GPU. Each picture composes
 * the whole page again: 60 a second take a third of a core from the computation.
 */
const softwarePause = 30
/** Least visible share of the diagram: its upper edge has no arrows. */
const leastInSight = 0.25

export class DiagramView implements Diagram, PanelView {
  readonly panel: Panel
  private readonly svg = document.createElementNS(namespace, 'svg')
  private readonly shapes = new PathPool()
  private readonly particles = new PathPool()
  private readonly pictures: HTMLCanvasElement[] = []
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)')
  private readonly sight: IntersectionObserver
  private readonly listeners = new AbortController()
  content?: DiagramContent
  private ways: readonly Way[] = []
  private boxes: readonly PlacedBox[] = []
  private visible = false
  private pending = 0
  private seconds = 0

  constructor(
    options: PanelOptions,
    private readonly host: Host,
  ) {
    this.panel = new Panel(options)
    const { plot } = this.panel
    plot.classList.add('stage-diagram')
    this.svg.classList.add('stage-diagram-picture')
    this.svg.setAttribute('aria-hidden', 'true')
    this.svg.append(this.shapes.group, this.particles.group)
    plot.prepend(this.svg)
    this.sight = new IntersectionObserver(
      (entries) => {
        this.visible = (entries.at(-1)?.intersectionRatio ?? 0) >= leastInSight
        this.animate()
      },
      { threshold: leastInSight },
    )
    this.sight.observe(plot)
    const { signal } = this.listeners
    this.still.addEventListener('change', () => this.animate(), { signal })
    const follow = (event: PointerEvent) => {
      const { left, top } = this.svg.getBoundingClientRect()
      const [x, y] = [event.clientX - left, event.clientY - top]
      const under = this.boxes.find(
        (one) => Math.abs(one.x - x) <= one.width / 2 && Math.abs(one.y - y) <= one.height / 2,
      )
      setRead(plot, under?.box.curve)
    }
    followPointer(plot, signal, follow, () => setRead(plot, undefined))
  }

  update(content: DiagramContent): void {
    this.content = content
    this.panel.setNote(content.note)
    this.panel.setDescription(content.description)
    this.panel.setMessage(undefined)
    this.host.redraw(this)
  }

  draws(curve: string): boolean {
    return draws(this.content, curve)
  }

  draw(area: Rectangle): void {
    const { content, host, panel, svg } = this
    if (!content) return
    const { measure, style } = host
    const room = { width: area.width, height: area.height }
    const type = {
      font: style.font,
      line: measure.height,
      measure: (text: string, weight: number) => measure.width(text, weight),
    }
    const shown = standingOut(content, ['boxes', 'arrows'], host.asked)
    const layout = layoutDiagram(shown, room, type)
    this.boxes = layout.boxes
    const { labels, pictures, shapes, ways } = drawDiagram(shown, layout, style, measure, host.asked)
    // as large as the room, or larger and scrolled
    const length = (needed: number, there: number) =>
      String(needed > there ? Math.ceil(needed) : Math.floor(there))
    const width = length(layout.width, room.width)
    const height = length(layout.height, room.height)
    if (svg.getAttribute('width') !== width) svg.setAttribute('width', width)
    if (svg.getAttribute('height') !== height) svg.setAttribute('height', height)
    this.shapes.show(shapes)
    this.showPictures(pictures)
    panel.labels.show(labels)
    this.ways = ways
    this.showParticles()
    this.animate()
  }

  dispose(): void {
    cancelAnimationFrame(this.pending)
    this.sight.disconnect()
    this.listeners.abort()
  }

  private showPictures(pictures: readonly DiagramPicture[]): void {
    for (const [index, { picture, place }] of pictures.entries()) {
      let canvas = this.pictures[index]
      if (!canvas) {
        canvas = element('canvas', 'stage-diagram-image')
        this.pictures.push(canvas)
        this.svg.after(canvas)
      }
      drawPicture(canvas, picture)
      canvas.style.transform = `translate(${place.left.toFixed(1)}px, ${place.top.toFixed(1)}px)`
      canvas.style.width = canvas.style.height = `${Math.max(0, place.width).toFixed(1)}px`
    }
    for (const canvas of this.pictures.splice(pictures.length)) canvas.remove()
  }

  private showParticles(): void {
    this.particles.show(
      this.ways.map((way) => ({
        path: particlePath(way, this.seconds),
        role: way.role,
        opacity: way.opacity,
        stroke: way.size,
        round: true,
      })),
    )
  }

  /** Moves the particles in every frame while the diagram is visible and motion is permitted. */
  private animate(): void {
    const moving = this.visible && this.ways.length > 0 && !this.still.matches
    if (!moving) {
      cancelAnimationFrame(this.pending)
      this.pending = 0
      return
    }
    if (this.pending) return
    let before = performance.now()
    const atLeast = this.host.software ? softwarePause : 0
    const next = (now: number) => {
      this.pending = requestAnimationFrame(next)
      if (now - before < atLeast) return
      // after a pause the particles continue from their places
      this.seconds += Math.max(0, Math.min(0.1, (now - before) / 1000))
      before = now
      this.showParticles()
    }
    this.pending = requestAnimationFrame(next)
  }
}

/** Paths of one group; only changed attributes are written. */
class PathPool {
  readonly group = document.createElementNS(namespace, 'g')
  private readonly slots: { readonly path: SVGPathElement; d: string; look: string }[] = []

  show(shapes: readonly Shape[]): void {
    for (const [index, { path: d, role, stroke, dash, opacity = 1, round }] of shapes.entries()) {
      let slot = this.slots[index]
      if (!slot) {
        slot = { path: document.createElementNS(namespace, 'path'), d: '', look: '' }
        this.slots.push(slot)
        this.group.append(slot.path)
      }
      if (slot.d !== d) slot.path.setAttribute('d', (slot.d = d))
      const paint =
        stroke === undefined
          ? 'fill:currentColor'
          : `fill:none;stroke:currentColor;stroke-width:${stroke.toFixed(2)}`
      const look = `color:var(--${role});opacity:${opacity};${paint}${dash ? `;stroke-dasharray:${dash.map((length) => length.toFixed(1)).join(' ')}` : ''}${round ? ';stroke-linecap:round' : ''}`
      if (slot.look !== look) slot.path.style.cssText = slot.look = look
    }
    for (const { path } of this.slots.splice(shapes.length)) path.remove()
  }
}
