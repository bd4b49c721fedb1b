/**
 * One field of upright bars in one draw call: a fixed mesh with three faces for each cell; the heights come from a
 * texture. The bars are not instanced, because software renderers treat every instance as a separate draw call: for
 * 12,288 bars that took up to twice as long.
 */
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DataTexture,
  DoubleSide,
  FloatType,
  Mesh,
  type Ray,
  RedFormat,
  type Scene,
  ShaderMaterial,
  Vector2,
} from 'three'
import type { BarField } from './contract.ts'
import { discard, drawAlways } from './marks/drawn.ts'
import { mixColours, type Palette } from './palette.ts'

/** Turns a value into a share of the axis' height. No bar is drawn where it is ≤ 0 or not finite. */
export type HeightScale = (value: number) => number

/**
 * `corner` has x and z in ±1, y in 0…1, and the face: 0 top, 1 across, 2 along. Of each pair of sides only the one
 * facing the camera exists. `heights` are shares of the axis, row × column; `grid` rows and columns; `cell` width and
 * depth of a cell; `footprint` the share of a cell that its bar covers; `origin` the field's. All stages have the same
 * light: tops are bright, the two pairs of sides differ. Corners of a missing bar all lie at one place out of sight.
 */
const vertexShader = /* glsl */ `
  attribute vec4 corner;
  uniform highp sampler2D heights;
  uniform ivec2 grid;
  uniform vec2 cell;
  uniform vec2 footprint;
  uniform vec2 origin;
  uniform float height;
  uniform int highlight;
  uniform vec2 sides;
  varying float rise;
  varying float shade;
  varying float lit;
  void main() {
    int bar = gl_VertexID / 12;
    int row = bar / grid.y;
    int column = bar - row * grid.y;
    float share = texelFetch(heights, ivec2(column, row), 0).r;
    vec2 middle = origin + (vec2(column, row) + 0.5) * cell;
    vec2 facing = sign(cameraPosition.xz - middle);
    vec2 ground = middle + corner.xz * facing * footprint * cell * 0.5;
    rise = corner.y * share;
    shade = corner.w < 0.5 ? 1.0 : corner.w < 1.5 ? sides.x : sides.y;
    lit = bar == highlight ? 1.0 : 0.0;
    gl_Position = share > 0.0
      ? projectionMatrix * viewMatrix * vec4(ground.x, rise * height, ground.y, 1.0)
      : vec4(0.0, 0.0, 2.0, 1.0);
  }
`

const fragmentShader = /* glsl */ `
  uniform vec3 low;
  uniform vec3 high;
  uniform vec3 mark;
  varying float rise;
  varying float shade;
  varying float lit;
  void main() {
    vec3 colour = mix(low, high, smoothstep(0.0, 1.0, sqrt(clamp(rise, 0.0, 1.0))));
    gl_FragColor = vec4(mix(colour * shade, mark, lit * 0.75), 1.0);
  }
`

export interface FieldPlace {
  readonly left: number
  readonly back: number
  readonly width: number
  readonly depth: number
  readonly height: number
}

/** Top, the side toward the camera's x and the side toward its z, four corners each. */
const faces = [
  [-1, 1, -1, 0, 1, 1, -1, 0, 1, 1, 1, 0, -1, 1, 1, 0],
  [1, 0, -1, 1, 1, 1, -1, 1, 1, 1, 1, 1, 1, 0, 1, 1],
  [-1, 0, 1, 2, 1, 0, 1, 2, 1, 1, 1, 2, -1, 1, 1, 2],
].flat()
const triangles = [0, 4, 8].flatMap((first) => [0, 1, 2, 0, 2, 3].map((corner) => first + corner))

export class BarMesh {
  private readonly object: Mesh<BufferGeometry, ShaderMaterial>
  private readonly geometry = new BufferGeometry()
  private readonly material = new ShaderMaterial({
    vertexShader,
    fragmentShader,
    side: DoubleSide,
    uniforms: {
      heights: { value: null },
      grid: { value: new Vector2(1, 1) },
      cell: { value: new Vector2(1, 1) },
      footprint: { value: new Vector2(0.8, 0.8) },
      origin: { value: new Vector2() },
      height: { value: 1 },
      highlight: { value: -1 },
      sides: { value: new Vector2() },
      low: { value: new Color() },
      high: { value: new Color() },
      mark: { value: new Color() },
    },
  })
  /** Heights as shares of the axis; 0 for a missing bar. */
  private shares = new Float32Array(0)
  private texture?: DataTexture
  private rows = 0
  private columns = 0
  private capacity = 0
  private place: FieldPlace = { left: 0, back: 0, width: 1, depth: 1, height: 1 }

  constructor(scene: Scene) {
    this.object = new Mesh(this.geometry, this.material)
    drawAlways(this.object)
    scene.add(this.object)
  }

  style(field: BarField, palette: Palette, dark: boolean): void {
    const { uniforms } = this.material
    const role = mixColours(palette.roles[field.role], palette.panel, 1 - (field.opacity ?? 1))
    uniforms.low.value.set(mixColours(role, palette.panel, dark ? 0.55 : 0.4))
    uniforms.high.value.set(mixColours(role, '#ffffff', dark ? 0.12 : 0))
    uniforms.mark.value.set(palette.text)
    // on a light background dark shadows look dirty
    uniforms.sides.value.set(dark ? 0.6 : 0.74, dark ? 0.8 : 0.88)
  }

  update(field: BarField, place: FieldPlace, scale: HeightScale): void {
    const { uniforms } = this.material
    const rows = Math.max(0, Math.floor(field.rows))
    const columns = Math.max(0, Math.floor(field.columns))
    const cells = rows * columns
    this.object.visible = cells > 0
    if (cells === 0) return
    this.resize(rows, columns)
    this.place = place
    uniforms.cell.value.set(place.width / columns, place.depth / rows)
    uniforms.origin.value.set(place.left, place.back)
    uniforms.height.value = place.height
    for (let cell = 0; cell < cells; cell++) {
      const share = scale(field.heights[cell])
      // also false for NaN; a value far beyond the axis is cut a little above it
      this.shares[cell] = share > 0 ? Math.min(share, 1.15) : 0
    }
    if (this.texture) this.texture.needsUpdate = true
  }

  /** Closes gaps of a few pixels between bars, which would flicker (moiré). */
  setScale(pixelsPerUnit: number): void {
    const { cell, footprint } = this.material.uniforms
    const share = (width: number) => 1 - 0.22 * Math.max(0, Math.min(1, (width * pixelsPerUnit - 3) / 5))
    footprint.value.set(share(cell.value.x), share(cell.value.y))
  }

  /** Highlights one bar (row × columns + column, or −1 for none). Returns whether that is a change. */
  highlight(cell: number): boolean {
    const { highlight } = this.material.uniforms
    const changed = highlight.value !== cell
    highlight.value = cell
    return changed
  }

  /** The first bar that a ray hits, and its distance. */
  hit({ origin, direction }: Ray): { cell: number; distance: number } | undefined {
    const { columns, place, rows, shares } = this
    const { cell: size, footprint } = this.material.uniforms
    const halfX = (size.value.x * footprint.value.x) / 2
    const halfZ = (size.value.y * footprint.value.y) / 2
    let best: { cell: number; distance: number } | undefined
    for (let cell = 0; cell < rows * columns; cell++) {
      if (shares[cell] === 0) continue
      const row = Math.floor(cell / columns)
      const x = place.left + (cell - row * columns + 0.5) * size.value.x
      const z = place.back + (row + 0.5) * size.value.y
      const x0 = (x - halfX - origin.x) / direction.x
      const x1 = (x + halfX - origin.x) / direction.x
      const y0 = -origin.y / direction.y
      const y1 = (Math.max(shares[cell] * place.height, 1e-3) - origin.y) / direction.y
      const z0 = (z - halfZ - origin.z) / direction.z
      const z1 = (z + halfZ - origin.z) / direction.z
      const near = Math.max(Math.min(x0, x1), Math.min(y0, y1), Math.min(z0, z1))
      const far = Math.min(Math.max(x0, x1), Math.max(y0, y1), Math.max(z0, z1))
      if (near > far || near < 0 || (best && near >= best.distance)) continue
      best = { cell, distance: near }
    }
    return best
  }

  dispose(): void {
    discard(this.object)
    this.texture?.dispose()
  }

  private resize(rows: number, columns: number): void {
    if (rows === this.rows && columns === this.columns) return
    this.rows = rows
    this.columns = columns
    const cells = rows * columns
    this.texture?.dispose()
    this.shares = new Float32Array(cells)
    this.texture = new DataTexture(this.shares, columns, rows, RedFormat, FloatType)
    const { uniforms } = this.material
    uniforms.heights.value = this.texture
    uniforms.grid.value.set(rows, columns)
    if (cells > this.capacity) this.reserve(cells)
    this.geometry.setDrawRange(0, cells * triangles.length)
  }

  private reserve(cells: number): void {
    this.capacity = cells
    this.geometry.dispose()
    const corners = new Int8Array(cells * faces.length)
    const index = new Uint32Array(cells * triangles.length)
    for (let cell = 0; cell < cells; cell++) {
      corners.set(faces, cell * faces.length)
      for (let corner = 0; corner < triangles.length; corner++)
        index[cell * triangles.length + corner] = cell * 12 + triangles[corner]
    }
    this.geometry.setAttribute('corner', new BufferAttribute(corners, 4))
    this.geometry.setIndex(new BufferAttribute(index, 1))
  }
}
