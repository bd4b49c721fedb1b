/**
 * Dots of one shape in one draw call. Each is a point sprite, cut out by the distance to the shape's edge. They are no
 * instanced squares, because software renderers treat every instance as a separate draw call.
 */
import { BufferAttribute, BufferGeometry, Color, DynamicDrawUsage, Points, ShaderMaterial } from 'three'
import type { Role } from '../contract.ts'
import { type Palette, roleNames } from '../palette.ts'
import { discard, drawAlways, sendFirst } from './drawn.ts'

export type Shape = 'circle' | 'diamond' | 'square' | 'triangle'
const shapes: readonly Shape[] = ['circle', 'diamond', 'square', 'triangle']

/**
 * Shader code for the vertices of all dots. `tint` is the index of a colour, plus 128 for emphasis; `ratio` pixels of
 * the picture per CSS pixel; `kind` radius and emphasis; `reach` half the sprite's side, no larger than needed, because
 * the time for thousands of dots grows with their area.
 */
export const dotVertex = /* glsl */ `
  attribute float tint;
  uniform vec3 colours[${roleNames.length}];
  uniform float halo;
  uniform float ratio;
  uniform int shape;
  varying vec3 colour;
  varying vec2 kind;
  varying float reach;
  void setDot(float radius) {
    float emphasis = step(127.5, tint);
    colour = colours[int(tint - 128.0 * emphasis + 0.5)];
    kind = vec2(radius, emphasis);
    reach = radius * (shape == 0 ? 1.0 : 1.25) + halo * (1.0 + 3.0 * emphasis) + 1.0 / ratio;
    gl_PointSize = 2.0 * reach * ratio;
  }
`

const vertexShader = /* glsl */ `
  ${dotVertex}
  void main() {
    setDot(position.z);
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position.xy, 0.0, 1.0);
  }
`

/**
 * `edge` is the distance to the edge, negative inside. Sizes are such that all shapes have about the same area. A gap
 * in the panel's colour separates a dot from a line through it.
 */
export const dotFragmentShader = /* glsl */ `
  uniform vec3 surround;
  uniform float opacity;
  uniform float halo;
  uniform float ratio;
  uniform int shape;
  varying vec3 colour;
  varying vec2 kind;
  varying float reach;

  float edge(vec2 p, float radius) {
    if (shape == 1) return (abs(p.x) + abs(p.y) - radius * 1.25) * 0.7071;
    if (shape == 2) return max(abs(p.x), abs(p.y)) - radius * 0.88;
    if (shape == 3) {
      float side = (abs(p.x) * 2.0 - p.y) * 0.4472;
      return max(side - radius * 0.52, p.y - radius * 0.85);
    }
    return length(p) - radius;
  }

  float below(float distance, float width) {
    return 1.0 - smoothstep(-width, width, distance);
  }

  void main() {
    float distance = edge((gl_PointCoord - 0.5) * 2.0 * reach, kind.x);
    float width = 0.7 / ratio;
    float inner = below(distance, width);
    float cover = below(distance - halo, width);
    vec3 shade = mix(surround, colour, inner);
    if (kind.y > 0.5) {
      float ring = below(abs(distance - halo * 2.5) - halo * 0.75, width);
      shade = mix(shade, colour, ring);
      cover = max(cover, max(ring, below(distance - halo * 2.5, width)));
    }
    float alpha = cover * opacity;
    if (alpha < 0.004) discard;
    gl_FragColor = vec4(shade, alpha);
  }
`

export const dotUniforms = () => ({
  colours: { value: roleNames.map(() => new Color()) },
  surround: { value: new Color() },
  halo: { value: 1.5 },
  ratio: { value: 1 },
  shape: { value: 0 },
})

export function styleDots(uniforms: ReturnType<typeof dotUniforms>, palette: Palette, halo: number): void {
  for (const [index, role] of roleNames.entries()) uniforms.colours.value[index].set(palette.roles[role])
  uniforms.surround.value.set(palette.panel)
  uniforms.halo.value = halo
}

/** The object that draws dots with these uniforms. */
export function dotObject(
  geometry: BufferGeometry,
  material: ShaderMaterial,
  { ratio }: ReturnType<typeof dotUniforms>,
) {
  const object = new Points(geometry, material)
  drawAlways(object)
  object.onBeforeRender = (renderer) => {
    ratio.value = renderer.getPixelRatio()
  }
  return object
}

export class DotCloud {
  readonly object: ReturnType<typeof dotObject>
  private readonly geometry = new BufferGeometry()
  private readonly uniforms = { ...dotUniforms(), opacity: { value: 1 } }
  private readonly material = new ShaderMaterial({
    vertexShader,
    fragmentShader: dotFragmentShader,
    transparent: true,
    depthTest: false,
    depthWrite: false,
    uniforms: this.uniforms,
  })
  private readonly buffer = new DotBuffer(this.geometry)

  constructor() {
    this.object = dotObject(this.geometry, this.material, this.uniforms)
  }

  style(palette: Palette, opacity: number, shape: Shape, halo: number): void {
    styleDots(this.uniforms, palette, halo)
    this.uniforms.opacity.value = opacity
    this.uniforms.shape.value = shapes.indexOf(shape)
  }

  clear(): void {
    this.buffer.count = 0
  }

  add(x: number, y: number, radius: number, emphasis: boolean, role: Role): void {
    this.buffer.add(x, y, radius, role, emphasis)
  }

  finish(): void {
    this.buffer.finish()
    this.object.visible = this.buffer.count > 0
  }

  dispose(): void {
    discard(this.object)
  }
}

/** Three numbers and a colour for each dot, in buffers that never shrink. */
export class DotBuffer {
  count = 0
  private positions = new Float32Array(0)
  private tints = new Uint8Array(0)

  constructor(private readonly geometry: BufferGeometry) {
    this.reserve(16)
  }

  add(x: number, y: number, z: number, role: Role, emphasis: boolean): void {
    if (this.count === this.tints.length) this.reserve(this.count * 2)
    const { count, positions } = this
    positions[count * 3] = x
    positions[count * 3 + 1] = y
    positions[count * 3 + 2] = z
    this.tints[count] = roleNames.indexOf(role) + (emphasis ? 128 : 0)
    this.count++
  }

  /** Sends the added dots to the GPU. */
  finish(): void {
    this.geometry.setDrawRange(0, this.count)
    const { position, tint } = this.geometry.attributes as Record<string, BufferAttribute>
    sendFirst(position, this.count * 3)
    sendFirst(tint, this.count)
  }

  private reserve(count: number): void {
    // frees the GPU's copies of the smaller arrays
    this.geometry.dispose()
    const positions = new Float32Array(count * 3)
    const tints = new Uint8Array(count)
    positions.set(this.positions)
    tints.set(this.tints)
    this.positions = positions
    this.tints = tints
    for (const [name, array, size] of [
      ['position', positions, 3],
      ['tint', tints, 1],
    ] as const) {
      const attribute = new BufferAttribute(array, size)
      attribute.setUsage(DynamicDrawUsage)
      this.geometry.setAttribute(name, attribute)
    }
  }
}
