/** Dots of one shape as instanced squares, each cut out by its distance to the shape's edge. */
import {
  BufferAttribute,
  Color,
  DoubleSide,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  ShaderMaterial,
  Sphere,
} from 'three'
import type { Role } from '../contract.ts'
import { type Palette, roleNames } from '../palette.ts'

export type Shape = 'circle' | 'diamond' | 'square' | 'triangle'
export const shapes: readonly Shape[] = ['circle', 'diamond', 'square', 'triangle']

const vertexShader = /* glsl */ `
  attribute vec4 dot; // x, y, radius, emphasis
  attribute float tint; // which of the colours
  uniform vec3 colours[${roleNames.length}];
  uniform float halo;
  varying vec2 place;
  varying vec2 kind;
  varying vec3 colour;
  void main() {
    colour = colours[int(tint + 0.5)];
    float reach = dot.z * 1.25 + halo * (dot.w > 0.5 ? 4.0 : 1.0) + 1.5;
    place = position.xy * reach;
    kind = dot.zw;
    gl_Position = projectionMatrix * modelViewMatrix * vec4(dot.xy + place, 0.0, 1.0);
  }
`

const fragmentShader = /* glsl */ `
  uniform vec3 surround;
  uniform float opacity;
  uniform float halo;
  uniform int shape;
  varying vec2 place;
  varying vec2 kind;
  varying vec3 colour;

  // distance to the edge, negative inside; sizes are chosen so that all shapes have about the same area
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
    float distance = edge(place, kind.x);
    float width = 0.7 * fwidth(place.x);
    float inner = below(distance, width);
    // a gap in the panel's colour keeps the dot apart from the line that runs through it
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

export class DotCloud {
  readonly object: Mesh
  private readonly geometry = new InstancedBufferGeometry()
  private readonly material = new ShaderMaterial({
    vertexShader,
    fragmentShader,
    transparent: true,
    depthTest: false,
    depthWrite: false,
    side: DoubleSide,
    uniforms: {
      colours: { value: roleNames.map(() => new Color()) },
      surround: { value: new Color() },
      opacity: { value: 1 },
      halo: { value: 1.5 },
      shape: { value: 0 },
    },
  })
  private dots = new Float32Array(0)
  private tints = new Uint8Array(0)
  private attribute?: InstancedBufferAttribute
  private tintAttribute?: InstancedBufferAttribute
  private count = 0

  constructor() {
    const corners = new Float32Array([-1, -1, 1, -1, 1, 1, -1, 1])
    this.geometry.setAttribute('position', new BufferAttribute(corners, 2))
    this.geometry.setIndex([0, 1, 2, 0, 2, 3])
    this.object = new Mesh(this.geometry, this.material)
    this.object.frustumCulled = false
    // never used, and not to be computed from buffers that are larger than what is drawn
    this.geometry.boundingSphere = new Sphere()
    this.reserve(16)
  }

  style(palette: Palette, opacity: number, shape: Shape, halo: number): void {
    const { uniforms } = this.material
    for (const [index, role] of roleNames.entries()) uniforms.colours.value[index].set(palette.roles[role])
    uniforms.surround.value.set(palette.panel)
    uniforms.opacity.value = opacity
    uniforms.halo.value = halo
    uniforms.shape.value = shapes.indexOf(shape)
  }

  clear(): void {
    this.count = 0
  }

  add(x: number, y: number, radius: number, emphasis: boolean, role: Role): void {
    if (this.count === this.tints.length) this.reserve(this.count * 2)
    const { dots } = this
    const at = this.count * 4
    dots[at] = x
    dots[at + 1] = y
    dots[at + 2] = radius
    dots[at + 3] = emphasis ? 1 : 0
    this.tints[this.count] = roleNames.indexOf(role)
    this.count++
  }

  finish(): void {
    this.geometry.instanceCount = this.count
    this.object.visible = this.count > 0
    for (const [attribute, size] of [
      [this.attribute, this.count * 4],
      [this.tintAttribute, this.count],
    ] as const) {
      if (!attribute) continue
      attribute.clearUpdateRanges()
      attribute.addUpdateRange(0, size)
      attribute.needsUpdate = true
    }
  }

  dispose(): void {
    this.geometry.dispose()
    this.material.dispose()
  }

  private reserve(dots: number): void {
    this.geometry.dispose()
    const larger = new Float32Array(dots * 4)
    larger.set(this.dots)
    this.dots = larger
    const tints = new Uint8Array(dots)
    tints.set(this.tints)
    this.tints = tints
    this.attribute = new InstancedBufferAttribute(larger, 4)
    this.attribute.setUsage(DynamicDrawUsage)
    this.geometry.setAttribute('dot', this.attribute)
    this.tintAttribute = new InstancedBufferAttribute(tints, 1)
    this.tintAttribute.setUsage(DynamicDrawUsage)
    this.geometry.setAttribute('tint', this.tintAttribute)
  }
}
