/** A 3-D scene of one panel: one or two fields of bars in perspective. */
import { PerspectiveCamera, Raycaster, Scene as ThreeScene, Vector2, Vector3 } from 'three'
import { axisTicks, createMapping } from './axis.ts'
import { BarMesh, type FieldPlace } from './bars.ts'
import type { BarsContent, PanelOptions, Scene, SceneContent } from './contract.ts'
import { placeReadout } from './hover.ts'
import type { Rectangle } from './labels.ts'
import { Orbit } from './orbit.ts'
import { type Host, Panel, type PanelView } from './panel.ts'
import { type Box, SceneFrame, sceneLabels } from './sceneFrame.ts'

const gap = 0.22
const depth = 0.95
const height = 0.62

const keys = 'Arrow keys turn the view, plus and minus zoom, Home resets.'

export class SceneView implements Scene, PanelView {
  readonly panel: Panel
  private readonly host: Host
  private readonly scene = new ThreeScene()
  private readonly camera = new PerspectiveCamera(18)
  private readonly orbit: Orbit
  private readonly frame = new SceneFrame(this.scene)
  private readonly readout = document.createElement('div')
  private readonly listeners = new AbortController()
  private readonly raycaster = new Raycaster()
  private fields: BarMesh[] = []
  private places: FieldPlace[] = []
  private content?: BarsContent
  private stale = true
  private fieldWidth = 0
  private area: Rectangle = { left: 0, top: 0, width: 0, height: 0 }
  private pointer?: { x: number; y: number }

  constructor(options: PanelOptions, host: Host) {
    this.panel = new Panel(options)
    this.host = host
    const { plot } = this.panel
    plot.classList.add('stage-turnable')
    this.readout.className = 'stage-readout'
    this.readout.hidden = true
    plot.append(this.readout)
    this.orbit = new Orbit(this.camera, plot, () => host.redraw(this))
    this.orbit.target.set(0, height * 0.4, 0)
    this.orbit.reset()
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
    plot.addEventListener('pointermove', follow, { signal })
    plot.addEventListener('pointerdown', follow, { signal })
    plot.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && leave(), { signal })
    plot.addEventListener('blur', leave, { signal })
    plot.addEventListener('keydown', (event) => event.key === 'Escape' && leave(), { signal })
  }

  update(content: SceneContent): void {
    if (content.kind === 'surface') throw new Error('Surfaces are not drawn yet.')
    this.content = content
    this.stale = true
    this.panel.setNote(content.note)
    this.panel.setDescription(`${content.description} ${keys}`)
    this.panel.setMessage(undefined)
    this.host.redraw(this)
  }

  draw(area: Rectangle): void {
    const { camera, content, host, orbit, panel } = this
    if (!content) return
    this.area = area
    const { style } = host
    const { font } = style
    const inner = { left: font * 3.2, top: font * 1.8, right: font * 1.2, bottom: font * 3.6 }
    const width = area.width - inner.left - inner.right
    const tall = area.height - inner.top - inner.bottom
    if (!(width > 30 && tall > 24)) {
      panel.labels.show([])
      return
    }
    const count = Math.max(1, content.fields.length)
    // wide panels show wide fields, within reason
    const fieldWidth = Math.max(0.5, Math.min(1.7, (0.95 * width) / tall / count))
    const box: Box = { width: count * (fieldWidth + gap) - gap, depth, height }
    if (this.stale || fieldWidth !== this.fieldWidth) this.updateFields(content, box, fieldWidth)
    for (const [index, field] of content.fields.entries()) {
      this.fields[index].style(field, style.palette, style.theme === 'dark')
      this.fields[index].setScale(Math.min(width / box.width, tall / (box.height + box.depth / 2)))
    }
    const corners = [-0.5, 0.5].flatMap((x) =>
      [0, 1].flatMap((y) =>
        [-0.5, 0.5].map((z) => new Vector3(x * box.width, y * box.height, z * box.depth)),
      ),
    )
    camera.aspect = width / tall
    const middle = orbit.fit(corners, camera.aspect)
    // the room around the box is for labels: the view is widened by it, and its middle moved to the box's
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
    this.frame.draw(box, this.places, walls, camera, style)
    const title = axis.unit ? `${axis.label} (${axis.unit})` : axis.label
    const note = panel.noteLabel(host.measure.width(title), area.width, host.measure)
    panel.labels.show(
      note.concat(sceneLabels(content, box, this.places, ticks, camera, area, style, host.measure)),
    )
    this.readHover()
    host.restrict(area)
    host.renderer.render(this.scene, camera)
  }

  dispose(): void {
    this.listeners.abort()
    this.orbit.dispose()
    this.frame.dispose()
    for (const field of this.fields) field.dispose()
  }

  private updateFields(content: BarsContent, box: Box, width: number): void {
    this.stale = false
    this.fieldWidth = width
    const count = content.fields.length
    while (this.fields.length < count) {
      const field = new BarMesh()
      this.scene.add(field.object)
      this.fields.push(field)
    }
    for (const field of this.fields.splice(count)) {
      field.object.removeFromParent()
      field.dispose()
    }
    const { scale, domain } = content.height
    const mapping = createMapping(scale, domain, [0, 1])
    // on a linear axis a bar too small to be seen is still there, as a tile of the floor
    const share =
      scale === 'linear' ? (value: number) => (value > 0 ? Math.max(mapping(value), 1e-4) : 0) : mapping
    this.places = content.fields.map((_, index) => ({
      left: index * (width + gap) - box.width / 2,
      back: -depth / 2,
      width,
      depth,
      height: box.height,
    }))
    for (const [index, field] of content.fields.entries())
      this.fields[index].update(field, this.places[index], share)
  }

  private hover(): void {
    // only a change of what is lit needs another picture
    if (this.readHover()) this.host.redraw(this)
  }

  /** Finds the bar under the pointer and shows its text. Returns whether another bar is lit than before. */
  private readHover(): boolean {
    const { content, pointer, area, readout } = this
    let found: { field: number; cell: number; distance: number } | undefined
    if (content && pointer && area.width > 0) {
      const place = new Vector2((pointer.x / area.width) * 2 - 1, 1 - (pointer.y / area.height) * 2)
      this.raycaster.setFromCamera(place, this.camera)
      for (const [field, mesh] of this.fields.entries()) {
        const hit = mesh.hit(this.raycaster.ray)
        if (hit && !(found && found.distance <= hit.distance)) found = { field, ...hit }
      }
    }
    let changed = false
    for (const [index, mesh] of this.fields.entries())
      changed = mesh.highlight(index === found?.field ? found.cell : -1) || changed
    readout.hidden = !found
    if (found && content && pointer) {
      const { columns } = content.fields[found.field]
      const row = Math.floor(found.cell / columns)
      const text = content.hover(found.field, row, found.cell - row * columns)
      if (readout.textContent !== text) readout.textContent = text
      const tops = [pointer.y - readout.offsetHeight - 8, pointer.y + 20]
      placeReadout(readout, this.panel.plot, pointer.x, tops, [pointer])
    }
    return changed
  }
}
