/** Surfaces over a plane, with lines and points on them. */
import { type PerspectiveCamera, type Ray, type Scene as ThreeScene, Vector3 } from 'three'
import { axisTicks, createInverse, createMapping, type Domain, resolveDomain, Span } from './axis.ts'
import type { Axis, Mark, SurfaceContent } from './contract.ts'
import {
  type Box,
  type Figure,
  figureHeight,
  figureWidth,
  type HeightTicks,
  onScreen,
  resized,
  type View,
} from './figure.ts'
import type { Label, Rectangle } from './labels.ts'
import { surfaceLabels } from './sceneLabels.ts'
import { SurfaceDots } from './surfaceDots.ts'
import { type Axes, type BoxPoint, heightShare, surfaceHit } from './surfaceGrid.ts'
import { SurfaceMesh } from './surfaceMesh.ts'
import { SurfacePathLines } from './surfacePath.ts'

/** Order of drawing: surfaces from the lowest up, then clouds of points, lines, and emphasised points. */
const orders = { surface: 10, cloud: 100, path: 200, emphasised: 300 }
/** Greatest width of the floor, and limits of its depth. */
const widest = 2.2
const depths = { least: 0.7, most: 1.25 }

interface Domains {
  readonly x: Domain
  readonly y: Domain
  readonly height: Domain
}

export class SurfaceFigure implements Figure<SurfaceContent> {
  readonly margins = { left: 3.4, top: 1.8, right: 2, bottom: 3 }
  private surfaces: SurfaceMesh[] = []
  private paths: SurfacePathLines[] = []
  private points: SurfaceDots[] = []
  private domains: Domains
  private axes: Axes
  private axesKey = ''
  private stale = true

  constructor(
    private readonly scene: ThreeScene,
    private content: SurfaceContent,
  ) {
    this.domains = domainsOf(content)
    this.axes = axesOf(content, this.domains)
  }

  update(content: SurfaceContent): void {
    const { scene } = this
    this.content = content
    this.stale = true
    this.surfaces = resized(this.surfaces, content.surfaces.length, () => new SurfaceMesh(scene))
    this.paths = resized(
      this.paths,
      content.paths.length,
      (index) => new SurfacePathLines(scene, orders.path + index * 3),
    )
    this.points = resized(this.points, content.points.length, () => new SurfaceDots(scene))
    this.domains = domainsOf(content)
    const { x, y, height } = content
    const key = JSON.stringify([x.scale, y.scale, height.scale, this.domains])
    // surfaces are only built anew for other axes
    if (key !== this.axesKey) this.axes = axesOf(content, this.domains)
    this.axesKey = key
  }

  arrange(view: View): Box {
    const { axes, content } = this
    // a plane is seen from above, so it is as deep as the view's height permits
    const aspect = view.width / view.tall
    const depth = Math.max(depths.least, Math.min(depths.most, 2 / aspect))
    const box: Box = content.cube
      ? { width: figureHeight, depth: figureHeight, height: figureHeight }
      : { width: figureWidth(view, 1, widest), depth, height: figureHeight }
    for (const [index, surface] of content.surfaces.entries()) {
      this.surfaces[index].style(surface, box, view.style)
      this.surfaces[index].update(surface, axes)
    }
    for (const [index, points] of content.points.entries()) {
      this.points[index].style(points, box, view.area.height, view.style)
      this.points[index].order =
        (points.emphasis === undefined ? orders.cloud : orders.emphasised) + index * 2
      if (this.stale) this.points[index].update(points, axes)
    }
    const upward = [...this.surfaces].sort((a, b) => a.level - b.level)
    for (const [index, surface] of upward.entries()) surface.object.renderOrder = orders.surface + index
    this.stale = false
    return box
  }

  floors(box: Box, view: View) {
    const { x, y } = this.ticks(view)
    const floor = { left: -box.width / 2, back: -box.depth / 2, width: box.width, depth: box.depth }
    // y is counted from the front
    return [{ ...floor, columns: x.map(({ share }) => share), rows: y.map(({ share }) => 1 - share) }]
  }

  look(box: Box, { camera, style, tall }: View): void {
    const { x, z } = camera.position
    for (const surface of this.surfaces) surface.look(x / box.width + 0.5, 0.5 - z / box.depth)
    const distance = camera.position.length()
    const pixel = (2 * distance * Math.tan((camera.fov * Math.PI) / 360)) / tall
    for (const [index, path] of this.content.paths.entries())
      this.paths[index].draw(path, this.axes, box, pixel, style)
  }

  labels(box: Box, ticks: HeightTicks, view: View): Label[] {
    const { content } = this
    const texts = (content.texts ?? []).map(
      ({ text, ...at }): Label => ({
        text,
        ...this.place(at, box, view.camera, view.area),
        alignX: 0.5,
        alignY: 0.5,
        kind: 'name',
      }),
    )
    return surfaceLabels(content, box, this.ticks(view), ticks, view, texts)
  }

  readPoints(box: Box, camera: PerspectiveCamera, area: Rectangle) {
    const { content } = this
    const points = content.points[content.pick?.from ?? 0]
    const places = Array.from(points.x, (x, index) =>
      this.place({ x, y: points.y[index], height: points.heights[index] }, box, camera, area),
    )
    return { x: places.map(({ x }) => x), y: places.map(({ y }) => y) }
  }

  private place(
    { x, y, height }: { readonly x: number; readonly y: number; readonly height: number },
    box: Box,
    camera: PerspectiveCamera,
    area: Rectangle,
  ) {
    const { axes } = this
    const place = new Vector3(
      (axes.x(x) - 0.5) * box.width,
      axes.height(height) * box.height,
      (0.5 - axes.y(y)) * box.depth,
    )
    return onScreen(place, camera, area)
  }

  read(ray: Ray | undefined, box: Box): { text?: string; redraw: boolean } {
    const { content, domains } = this
    if (!ray || !content.hover) return { redraw: false }
    const { direction, origin } = ray
    const from: BoxPoint = [origin.x / box.width + 0.5, 0.5 - origin.z / box.depth, origin.y / box.height]
    const along: BoxPoint = [direction.x / box.width, -direction.z / box.depth, direction.y / box.height]
    const hits = this.surfaces.flatMap(({ grid, object }) =>
      object.visible ? (surfaceHit(grid, from, along) ?? []) : [],
    )
    if (hits.length === 0) return { redraw: false }
    const { x, y } = hits.reduce((near, hit) => (hit.distance < near.distance ? hit : near))
    const xOf = createInverse(content.x.scale, domains.x, [0, 1])
    const yOf = createInverse(content.y.scale, domains.y, [0, 1])
    return { text: content.hover(xOf(x), yOf(y)), redraw: false }
  }

  dispose(): void {
    for (const part of [...this.surfaces, ...this.paths, ...this.points]) part.dispose()
  }

  private ticks({ style, tall, width }: View) {
    const { content, domains } = this
    const along = (axis: Axis, domain: Domain, share: Axes['x'], pixels: number, ems: number) =>
      axisTicks(axis, domain, pixels, style.font * ems)
        .map((tick) => ({ tick, share: share(tick.value) }))
        .filter((mark) => mark.tick.text && mark.share >= -1e-6 && mark.share <= 1 + 1e-6)
    // seen obliquely, an axis is shorter than the view; numbers along the depth are above each other
    return {
      x: along(content.x, domains.x, this.axes.x, width * 0.75, 4.6),
      y: along(content.y, domains.y, this.axes.y, Math.min(width, tall) * 0.75, 3),
    }
  }
}

/** The legend's entries of a scene, as marks. */
export function surfaceMarks({ surfaces, paths, points }: SurfaceContent): Mark[] {
  const none = { x: [], y: [] }
  return [
    ...surfaces.map(({ curve, name, role }): Mark => ({ kind: 'area', curve, name, role, ...none })),
    ...paths.map(
      ({ curve, dashed, name, role }): Mark => ({ kind: 'line', curve, name, role, dashed, ...none }),
    ),
    ...points.map(({ curve, name, role }): Mark => ({ kind: 'dots', curve, name, role, ...none })),
  ]
}

function domainsOf({ x, y, height, surfaces, paths, points }: SurfaceContent): Domains {
  const along = (name: 'x' | 'y', axis: Axis): Domain => {
    if (axis.domain?.every(Number.isFinite)) return resolveDomain(axis, new Span())
    const span = new Span()
    for (const part of surfaces.length > 0 ? surfaces : [...paths, ...points])
      for (let index = 0; index < part[name].length; index++) span.include(part[name][index])
    // exactly the extent of the surfaces
    return resolveDomain({ ...axis, domain: axis.domain ?? [span.minimum, span.maximum] }, span)
  }
  return { x: along('x', x), y: along('y', y), height: resolveDomain(height, new Span()) }
}

function axesOf({ x, y, height }: SurfaceContent, domains: Domains): Axes {
  return {
    x: createMapping(x.scale, domains.x, [0, 1]),
    y: createMapping(y.scale, domains.y, [0, 1]),
    height: heightShare(height.scale, domains.height),
  }
}
