/** Draws with a pen what a chart has drawn with three.js: the same lines, fills and dots, as curves. */
import type {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  InterleavedBufferAttribute,
  Mesh,
  MeshBasicMaterial,
  Object3D,
  Points,
  Scene,
  ShaderMaterial,
} from 'three'
import type { LineSegments2 } from 'three/addons/lines/LineSegments2.js'
import type { Rectangle } from '../labels.ts'
import type { Paint, Pen } from './pen.ts'

const short = (value: number) => Number(value.toFixed(2))
const hex = ({ getHexString }: { getHexString(): string }, of: unknown) => `#${getHexString.call(of)}`

/** All objects of a scene, in the order in which they are drawn, moved to `at` and clipped. */
export function drawScene(
  pen: Pen,
  scene: Scene,
  at: { readonly x: number; readonly y: number },
  clip: Rectangle,
) {
  const objects = scene.children
    .filter(({ visible }) => visible)
    .toSorted((one, other) => one.renderOrder - other.renderOrder || one.id - other.id)
  if (objects.length > 0)
    pen.within(at, clip, () => {
      for (const object of objects) drawObject(pen, object)
    })
}

/** Asks for the marks of three.js, not for its classes: with these, three.js would be a file of its own, and larger. */
function drawObject(pen: Pen, object: Object3D): void {
  if ('isLineSegments2' in object) drawLines(pen, object as LineSegments2)
  else if ('isPoints' in object) drawDots(pen, object as Points)
  else if ('isMesh' in object) {
    const mesh = object as Mesh<BufferGeometry, MeshBasicMaterial>
    if (mesh.material.map) drawRectangle(pen, mesh)
    else drawFill(pen, mesh)
  }
}

/** Segments that follow each other become one curve, so that its dashes run on. */
function drawLines(pen: Pen, { geometry, material }: LineSegments2): void {
  const from = (name: string) =>
    (geometry.attributes[name] as InterleavedBufferAttribute | undefined)?.data.array ?? []
  const [places, distances] = [from('instanceStart'), from('instanceDistanceStart')]
  const { dashed, dashSize, gapSize, linewidth: width, opacity } = material
  const paint: Paint = { stroke: hex(material.color, material.color), width, opacity, round: !dashed }
  let shape = ''
  let offset = 0
  const finish = () => {
    if (shape) pen.path(shape, dashed ? { ...paint, dash: [dashSize, gapSize], offset } : paint)
    shape = ''
  }
  let [endX, endY] = [Number.NaN, Number.NaN]
  for (let index = 0; index < geometry.instanceCount; index++) {
    const [x0, y0, , x1, y1] = places.slice(index * 6, index * 6 + 5)
    // the round ends of an SVG's line would make a dot of it
    if (x0 === x1 && y0 === y1) continue
    if (x0 !== endX || y0 !== endY) {
      // the pieces of a line without dashes may stand in one path
      if (dashed) finish()
      if (!shape) offset = distances[index * 2] ?? 0
      shape += `M${short(x0)} ${short(y0)}`
    }
    shape += `L${short(x1)} ${short(y1)}`
    ;[endX, endY] = [x1, y1]
  }
  finish()
}

/** Columns that touch become one shape: seams between translucent ones would be seen. */
function drawFill(pen: Pen, { geometry, material }: Mesh<BufferGeometry, MeshBasicMaterial>): void {
  const { array } = geometry.attributes.position as BufferAttribute
  const paint: Paint = { fill: hex(material.color, material.color), opacity: material.opacity }
  let top: string[] = []
  let bottom: string[] = []
  const finish = () => {
    if (top.length > 0) pen.path(`M${[...top, ...bottom.toReversed()].join('L')}Z`, paint)
    top = []
    bottom = []
  }
  let end = Number.NaN
  for (let at = 0; at < geometry.drawRange.count * 2; at += 12) {
    const [x0, y0, , bottom0, x1, y1] = array.slice(at, at + 6)
    const bottom1 = array[at + 11]
    if (x0 !== end) finish()
    top.push(`${short(x0)} ${short(y0)}`, `${short(x1)} ${short(y1)}`)
    bottom.push(`${short(x0)} ${short(bottom0)}`, `${short(x1)} ${short(bottom1)}`)
    end = x1
  }
  finish()
}

/** The shapes of dotCloud.ts, as functions of the radius. */
const dotShapes: readonly ((x: number, y: number, radius: number) => string)[] = [
  (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  (x, y, r) =>
    `M${x} ${y - 1.25 * r}l${1.25 * r} ${1.25 * r}l${-1.25 * r} ${1.25 * r}l${-1.25 * r} ${-1.25 * r}Z`,
  (x, y, r) => `M${x - 0.88 * r} ${y - 0.88 * r}h${1.76 * r}v${1.76 * r}h${-1.76 * r}Z`,
  (x, y, r) => `M${x} ${y - 1.163 * r}L${x + 1.006 * r} ${y + 0.85 * r}H${x - 1.006 * r}Z`,
]

function drawDots(pen: Pen, { geometry, material }: Points): void {
  const { colours, surround, opacity, halo, shape } = (material as ShaderMaterial).uniforms
  const { position, tint } = geometry.attributes as Record<string, BufferAttribute>
  const rim = hex(surround.value, surround.value)
  for (let index = 0; index < geometry.drawRange.count; index++) {
    const [x, y, radius] = [position.getX(index), position.getY(index), position.getZ(index)].map(short)
    const emphasised = tint.getX(index) >= 128
    const colour = colours.value[tint.getX(index) % 128]
    const fill = hex(colour, colour)
    const dot = dotShapes[shape.value](x, y, radius).replace(/\d+\.\d{3,}/g, (text) =>
      String(short(Number(text))),
    )
    // a rim outside of the dot: half of the stroke lies under the fill
    if (halo.value > 0) pen.path(dot, { stroke: rim, width: 2 * halo.value, opacity: opacity.value })
    pen.path(dot, { fill, opacity: opacity.value })
    if (emphasised) {
      const ring = dotShapes[0](x, y, short(radius + 2.5 * halo.value))
      pen.path(ring, { stroke: fill, width: 1.5 * halo.value, opacity: opacity.value })
    }
  }
}

/** Cells keep their pixels, because that is what they are. */
function drawRectangle(pen: Pen, { geometry, material }: Mesh<BufferGeometry, MeshBasicMaterial>): void {
  const { width, height, data } = (material.map as DataTexture).image
  const [left, first, right, , , last] = (geometry.attributes.position as BufferAttribute).array
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (!context || !data) return
  const cells = context.createImageData(width, height)
  for (let row = 0; row < height; row++) {
    const from = first > last ? height - 1 - row : row
    const line = (data as Uint8Array).subarray(from * width * 4, (from + 1) * width * 4)
    for (let at = 0; at < line.length; at++)
      cells.data[row * width * 4 + at] = at % 4 === 3 ? line[at] * material.opacity : line[at]
  }
  context.putImageData(cells, 0, 0)
  const place = { left, top: Math.min(first, last), width: right - left, height: Math.abs(last - first) }
  pen.picture(canvas, place, true)
}
