/** A 3-D scene of one panel in perspective: fields of bars, or surfaces. The user can turn and read it. */
import { PerspectiveCamera, Ray, Scene as ThreeScene, Vector3 } from 'three'
import { axisTicks, axisTitle, createMapping } from './axis.ts'
import { BarsFigure } from './barsFigure.ts'
import type { Mark, PanelOptions, PointReading, Scene, SceneContent } from './contract.ts'
import { type Box, type Figure, figureHeight, type View } from './figure.ts'
import { followPointer, placeReadout } from './hover.ts'
import type { Point, Rectangle } from './labels.ts'
import { tellLook } from './look.ts'
import type { Frame } from './marks/drawing.ts'
import { Orbit } from './orbit.ts'
import { element, type Host, Panel, type PanelView } from './panel.ts'
import { Picker } from './picker.ts'
import { SceneFrame } from './sceneFrame.ts'
import { draws, standingOut } from './standing.ts'
import { SurfaceFigure, surfaceMarks } from './surfaceFigure.ts'

const keys = 'Arrow keys turn the view, plus and minus zoom, Home resets.'

/** A scene's points at their places on the screen, to be read like a chart's. */
interface Projection {
  readonly frame: Frame
  readonly content: {
    readonly marks: readonly Mark[]
    readonly pick: { readonly mark: number; read(index: number): PointReading }
  }
}

export class SceneView implements Scene, PanelView {
  readonly panel: Panel
  private readonly scene = new ThreeScene()
  private readonly camera = new PerspectiveCamera(18)
  private readonly orbit: Orbit
  private readonly frame = new SceneFrame(this.scene)
  private readonly readout = element('div', 'stage-readout')
  private readonly listeners = new AbortController()
  private readonly ray = new Ray()
  content?: SceneContent
  private figure?: Figure
  private box: Box = { width: 1, depth: 1, height: 1 }
  private area: Rectangle = { left: 0, top: 0, width: 0, height: 0 }
  private pointer?: Point
  private readonly picker: Picker
  private projection?: Projection

  constructor(
    options: PanelOptions,
    private readonly host: Host,
  ) {
    this.panel = new Panel(options)
    const { plot } = this.panel
    plot.classList.add('stage-turnable')
    this.readout.hidden = true
    plot.append(this.readout)
    this.orbit = new Orbit(
      this.camera,
      plot,
      () => host.redraw(this),
      () => tellLook(plot, 'camera', this.orbit.view),
    )
    this.orbit.target.set(0, figureHeight * 0.4, 0)
    this.orbit.reset()
    this.picker = new Picker(plot, {
      frame: () => this.projected()?.frame,
      content: () => this.projected()?.content,
      tell: options.onPick,
      pointerOnly: true,
    })
    const { signal } = this.listeners
    const follow = (event: PointerEvent) => {
      const { left, top } = plot.getBoundingClientRect()
      this.pointer = { x: event.clientX - left, y: event.clientY - top }
      this.hover()
    }
    const leave = () => {
      this.pointer = undefined
      this.hover()
    }
    followPointer(plot, signal, follow, leave)
    plot.addEventListener('keydown', (event) => event.key === 'Escape' && leave(), { signal })
  }

  look(camera: string): void {
    this.orbit.view = camera
  }

  update(content: SceneContent): void {
    const before = this.content
    this.content = content
    if (!this.figure || before?.kind !== content.kind) {
      this.figure?.dispose()
      // each kind of figure only gets content of its kind
      this.figure = (
        content.kind === 'surface'
          ? new SurfaceFigure(this.scene, content)
          : new BarsFigure(this.scene, content)
      ) as Figure
    }
    this.figure.update(this.shown(content))
    this.panel.setNote(content.note)
    this.panel.setDescription(`${content.description} ${keys}`)
    this.panel.setShown(content)
    this.panel.setLegend(content.kind === 'surface' ? surfaceMarks(content) : [])
    this.panel.setMessage(missing(content))
    this.host.redraw(this)
  }

  draws(curve: string): boolean {
    return draws(this.content, curve)
  }

  follow(): void {
    if (this.content) this.figure?.update(this.shown(this.content))
  }

  /** The content with the curve that stands out. */
  private shown(content: SceneContent): SceneContent {
    const { asked } = this.host
    return content.kind === 'surface'
      ? standingOut(content, ['surfaces', 'paths', 'points'], asked)
      : standingOut(content, ['fields'], asked)
  }

  draw(area: Rectangle): void {
    const { camera, content, figure, host, orbit, panel } = this
    this.projection = undefined
    if (!content || !figure) return
    this.area = area
    const { measure, style } = host
    const { font } = style
    const { margins } = figure
    const inner = {
      left: font * margins.left,
      top: font * margins.top,
      right: font * margins.right,
      bottom: font * margins.bottom,
    }
    const width = area.width - inner.left - inner.right
    const tall = area.height - inner.top - inner.bottom
    if (!(width > 30 && tall > 24) || missing(content)) {
      panel.labels.show([])
      return
    }
    const view: View = { camera, area, width, tall, style, measure }
    const box = figure.arrange(view)
    this.box = box
    const corners = [-0.5, 0.5].flatMap((x) =>
      [0, 1].flatMap((y) =>
        [-0.5, 0.5].map((z) => new Vector3(x * box.width, y * box.height, z * box.depth)),
      ),
    )
    camera.aspect = width / tall
    const middle = orbit.fit(corners, camera.aspect)
    // the room around the box is for labels: the view is enlarged by it, and its middle moved to the box's middle
    const x = (middle.x * width) / 2 - inner.left
    const y = (-middle.y * tall) / 2 - inner.top
    camera.setViewOffset(width, tall, x, y, area.width, area.height)
    const { height: axis } = content
    const shareOf = createMapping(axis.scale, axis.domain, [0, 1])
    const pixels = (tall * box.height) / (box.height + box.depth * 0.4)
    const ticks = axisTicks(axis, axis.domain, pixels, font * 2.2)
      .map((tick) => ({ tick, share: shareOf(tick.value) }))
      .filter(({ share }) => share >= -1e-6 && share <= 1 + 1e-6)
    const walls = ticks.filter(({ tick }) => tick.text).map(({ share }) => share)
    this.frame.draw(box, figure.floors(box, view), walls, camera, style)
    figure.look(box, view)
    const note = panel.noteLabel(measure.width(axisTitle(axis)), area.width, measure)
    panel.labels.show(note.concat(figure.labels(box, ticks, view)))
    this.read()
    host.restrict(area)
    host.renderer.render(this.scene, camera)
    this.picker.refresh()
  }

  dispose(): void {
    this.listeners.abort()
    this.picker.dispose()
    this.orbit.dispose()
    this.frame.dispose()
    this.figure?.dispose()
  }

  /** The projection of the points, made when it is needed: every turn of the scene changes it. */
  private projected(): Projection | undefined {
    const { area, box, camera, content, figure, host, projection } = this
    if (projection || content?.kind !== 'surface' || !content.pick || !figure?.readPoints) return projection
    const identity = (value: number) => value
    const { from, read } = content.pick
    const { curve, role, size } = content.points[from]
    const mark: Mark = { kind: 'dots', curve, role, size, ...figure.readPoints(box, camera, area) }
    const plot = { left: 0, top: 0, width: area.width, height: area.height }
    this.projection = {
      frame: { plot, x: identity, y: identity, style: host.style },
      content: { marks: [mark], pick: { mark: 0, read } },
    }
    return this.projection
  }

  private hover(): void {
    // only a change of the highlight needs another drawing
    if (this.read()) this.host.redraw(this)
  }

  /** Shows the text for the part under the pointer. Returns whether the scene must be drawn again. */
  private read(): boolean {
    const { area, box, content, figure, pointer, readout } = this
    if (!figure || !content) return false
    const over = pointer !== undefined && area.width > 0 && !missing(content)
    if (over) {
      const { direction, origin } = this.ray
      origin.copy(this.camera.position)
      direction.set((pointer.x / area.width) * 2 - 1, 1 - (pointer.y / area.height) * 2, 0.5)
      direction.unproject(this.camera).sub(origin).normalize()
    }
    const { redraw, text } = figure.read(over ? this.ray : undefined, box)
    readout.hidden = !text
    if (text && pointer) {
      if (readout.textContent !== text) readout.textContent = text
      const tops = [pointer.y - readout.offsetHeight - 8, pointer.y + 20]
      placeReadout(readout, this.panel.plot, pointer.x, tops, [pointer])
    }
    return redraw
  }
}

/** The message for a scene without content; undefined if it has content. */
function missing(content: SceneContent): string | undefined {
  if (content.kind !== 'surface') return undefined
  const { empty = 'Nothing to draw yet.', paths, points, surfaces } = content
  return surfaces.length + paths.length + points.length === 0 ? empty : undefined
}
