/** One surface: shaded by height and slope, with contour lines drawn by the same shader. */
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DoubleSide,
  Mesh,
  type Scene,
  ShaderMaterial,
  Vector3,
} from 'three'
import type { Surface } from './contract.ts'
import type { Box } from './figure.ts'
import { discard, drawAlways } from './marks/drawn.ts'
import { mixColours } from './palette.ts'
import type { Style } from './style.ts'
import {
  type Axes,
  cellsBefore,
  type Grid,
  surfaceGrid,
  surfaceSlopes,
  surfaceTriangles,
} from './surfaceGrid.ts'

/**
 * Maps shares of the axes to the scene: x to the right, y away from the front, heights upward. `box` is the box's
 * width, height and depth.
 */
export const inBox = /* glsl */ `
  uniform vec3 box;
  vec3 inBox(vec3 share) {
    return vec3(share.x - 0.5, share.z, 0.5 - share.y) * box;
  }
`

/** `slope` is the slope of the height's share, along the columns and the rows. */
const vertexShader = /* glsl */ `
  ${inBox}
  attribute vec2 slope;
  varying float share;
  varying vec3 upright;
  void main() {
    share = position.z;
    upright = vec3(-slope.x * box.y / box.x, 1.0, slope.y * box.y / box.z);
    gl_Position = projectionMatrix * viewMatrix * vec4(inBox(position), 1.0);
  }
`

/**
 * All stages have the same light, high on the left and to the front. `intervals` is the number of contour lines plus 1;
 * all lines are `lineWidth` pixels wide.
 */
const fragmentShader = /* glsl */ `
  uniform vec3 low;
  uniform vec3 high;
  uniform vec3 ink;
  uniform float opacity;
  uniform float intervals;
  uniform float lineWidth;
  uniform float shadow;
  varying float share;
  varying vec3 upright;
  void main() {
    float light = dot(normalize(upright), normalize(vec3(-0.45, 0.8, 0.4)));
    vec3 colour = mix(low, high, sqrt(clamp(share, 0.0, 1.0))) * mix(shadow, 1.0, clamp(light, 0.0, 1.0));
    float level = share * intervals;
    float nearest = clamp(floor(level + 0.5), 1.0, intervals - 1.0);
    float pixels = abs(level - nearest) / max(fwidth(level), 1e-6);
    float line = 1.0 - smoothstep(lineWidth * 0.5 - 0.5, lineWidth * 0.5 + 0.5, pixels);
    gl_FragColor = vec4(mix(colour, ink, line * 0.5), opacity);
  }
`

export class SurfaceMesh {
  readonly object: Mesh<BufferGeometry, ShaderMaterial>
  private readonly geometry = new BufferGeometry()
  private readonly material = new ShaderMaterial({
    vertexShader,
    fragmentShader,
    side: DoubleSide,
    // keeps the surface from cutting the lines and points on it
    polygonOffset: true,
    polygonOffsetFactor: 1.5,
    polygonOffsetUnits: 4,
    uniforms: {
      box: { value: new Vector3(1, 1, 1) },
      low: { value: new Color() },
      high: { value: new Color() },
      ink: { value: new Color() },
      opacity: { value: 1 },
      intervals: { value: 13 },
      lineWidth: { value: 1 },
      shadow: { value: 0 },
    },
  })
  private shown?: Pick<Surface, 'x' | 'y' | 'heights'> & { readonly axes: Axes }
  private order = ''
  grid: Grid = { columns: new Float32Array(), rows: new Float32Array(), heights: new Float32Array() }
  /** Mean height: of two translucent surfaces the lower one is drawn first. */
  level = 0

  constructor(scene: Scene) {
    this.object = new Mesh(this.geometry, this.material)
    drawAlways(this.object)
    scene.add(this.object)
  }

  style(surface: Surface, box: Box, { palette, theme, grid }: Style): void {
    const { material } = this
    const { uniforms } = material
    const dark = theme === 'dark'
    const role = palette.roles[surface.role]
    const opacity = Math.max(0, Math.min(1, surface.opacity ?? 1))
    uniforms.box.value.set(box.width, box.height, box.depth)
    uniforms.low.value.set(mixColours(role, palette.panel, dark ? 0.6 : 0.45))
    uniforms.high.value.set(mixColours(role, '#ffffff', dark ? 0.2 : 0.35))
    uniforms.ink.value.set(dark ? palette.panel : palette.text)
    uniforms.opacity.value = opacity
    uniforms.intervals.value = Math.max(0, Math.floor(surface.contours ?? 12)) + 1
    uniforms.lineWidth.value = surface.contours === 0 ? 0 : grid * 1.2
    uniforms.shadow.value = dark ? 0.35 : 0.55
    this.object.visible = opacity > 0
    material.transparent = opacity < 1
    // a translucent surface hides nothing behind it; its own triangles are drawn in order
    material.depthWrite = opacity === 1
  }

  /** Builds the geometry if the arrays or the axes have changed. */
  update({ x, y, heights }: Surface, axes: Axes): void {
    const { shown } = this
    if (shown?.x === x && shown.y === y && shown.heights === heights && shown.axes === axes) return
    this.shown = { x, y, heights, axes }
    this.grid = surfaceGrid({ x, y, heights }, axes)
    const { columns, rows, heights: shares } = this.grid
    const positions = new Float32Array(shares.length * 3)
    let sum = 0
    let count = 0
    for (const [at, share] of shares.entries()) {
      const hole = Number.isNaN(share)
      positions[at * 3] = columns[at % columns.length]
      positions[at * 3 + 1] = rows[Math.floor(at / columns.length)]
      positions[at * 3 + 2] = hole ? 0 : share
      if (hole) continue
      sum += share
      count++
    }
    this.level = sum / Math.max(1, count)
    // frees the GPU's copies of the arrays before
    this.geometry.dispose()
    this.geometry.setAttribute('position', new BufferAttribute(positions, 3))
    this.geometry.setAttribute('slope', new BufferAttribute(surfaceSlopes(this.grid), 2))
    this.order = ''
  }

  /** Orders the triangles from back to front for an eye over this place, where the order matters. */
  look(x: number, y: number): void {
    const { geometry, grid, material } = this
    const eye = material.transparent
      ? { columns: cellsBefore(grid.columns, x), rows: cellsBefore(grid.rows, y) }
      : undefined
    const order = eye ? `${eye.columns} ${eye.rows}` : 'any'
    if (order === this.order) return
    this.order = order
    const triangles = surfaceTriangles(grid, eye)
    const { index } = geometry
    // another order of the same number of triangles, or other triangles
    if (index?.array.length === triangles.length) {
      index.array.set(triangles)
      index.needsUpdate = true
    } else geometry.setIndex(new BufferAttribute(triangles, 1))
  }

  dispose(): void {
    discard(this.object)
  }
}
