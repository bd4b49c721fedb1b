/**
 * Points on a surface, as many as there are, in one call for those in sight and one for those behind it. As
 * point sprites and not as instances, each of which software renderers treat as a draw call of its own.
 */
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DynamicDrawUsage,
  GreaterDepth,
  LessEqualDepth,
  Points,
  type Scene,
  ShaderMaterial,
  Sphere,
  Vector3,
} from 'three'
import type { SurfacePoints } from './contract.ts'
import type { Box } from './figure.ts'
import { roleNames } from './palette.ts'
import type { Style } from './style.ts'
import type { Axes } from './surfaceGrid.ts'
import { inBox } from './surfaceMesh.ts'

const vertexShader = /* glsl */ `
  ${inBox}
  attribute float tint; // which of the colours
  uniform vec3 colours[${roleNames.length}];
  uniform float size; // radius in pixels of the page
  uniform float halo;
  uniform float ratio; // pixels of the picture in one of the page
  uniform float tall; // pixels of the page that the view is high
  uniform int emphasis;
  varying vec3 colour;
  varying float radius;
  varying float reach;
  varying float ring;
  void main() {
    colour = colours[int(tint + 0.5)];
    ring = gl_VertexID == emphasis ? 1.0 : 0.0;
    radius = size * (1.0 + 0.3 * ring);
    reach = radius + halo * (1.0 + 3.0 * ring) + 1.0;
    vec4 seen = viewMatrix * vec4(inBox(position), 1.0);
    gl_Position = projectionMatrix * seen;
    // nearer by its radius, so that the slope that it lies on does not cut the disc
    seen.z += 1.5 * radius * -seen.z * 2.0 / (projectionMatrix[1][1] * tall);
    vec4 nearer = projectionMatrix * seen;
    gl_Position.z = nearer.z / nearer.w * gl_Position.w;
    gl_PointSize = 2.0 * reach * ratio;
  }
`

const fragmentShader = /* glsl */ `
  uniform vec3 surround;
  uniform float halo;
  uniform float opacity;
  uniform float ratio;
  varying vec3 colour;
  varying float radius;
  varying float reach;
  varying float ring;
  float below(float distance) {
    return clamp(0.5 - distance * ratio, 0.0, 1.0);
  }
  void main() {
    float distance = length(gl_PointCoord - 0.5) * 2.0 * reach - radius;
    vec3 shade = mix(surround, colour, below(distance));
    float cover = below(distance - halo);
    if (ring > 0.5) {
      float circle = below(abs(distance - halo * 2.5) - halo * 0.75);
      shade = mix(shade, colour, circle);
      cover = max(cover, max(circle, below(distance - halo * 2.5)));
    }
    if (cover * opacity < 0.004) discard;
    gl_FragColor = vec4(shade, cover * opacity);
  }
`

/** What lies behind a surface is still guessed through it. */
export const hiddenOpacity = 0.22

export class SurfaceDots {
  private readonly geometry = new BufferGeometry()
  private readonly uniforms = {
    box: { value: new Vector3(1, 1, 1) },
    colours: { value: roleNames.map(() => new Color()) },
    surround: { value: new Color() },
    size: { value: 4 },
    halo: { value: 1 },
    ratio: { value: 1 },
    tall: { value: 1 },
    emphasis: { value: -1 },
  }
  private readonly objects: readonly Points<BufferGeometry, ShaderMaterial>[]
  private positions = new Float32Array(0)
  private tints = new Uint8Array(0)

  constructor(scene: Scene, order: number) {
    this.objects = [GreaterDepth, LessEqualDepth].map((depthFunc, index) => {
      const material = new ShaderMaterial({
        vertexShader,
        fragmentShader,
        transparent: true,
        depthWrite: false,
        depthFunc,
        uniforms: { ...this.uniforms, opacity: { value: index === 0 ? hiddenOpacity : 1 } },
      })
      const object = new Points(this.geometry, material)
      object.frustumCulled = false
      object.renderOrder = order + index
      object.onBeforeRender = (renderer) => {
        this.uniforms.ratio.value = renderer.getPixelRatio()
      }
      scene.add(object)
      return object
    })
    // never used, and not to be computed
    this.geometry.boundingSphere = new Sphere()
  }

  style({ size = 8 }: SurfacePoints, box: Box, tall: number, style: Style): void {
    const { uniforms } = this
    const { palette } = style
    uniforms.box.value.set(box.width, box.height, box.depth)
    for (const [index, role] of roleNames.entries()) uniforms.colours.value[index].set(palette.roles[role])
    uniforms.surround.value.set(palette.panel)
    uniforms.size.value = (size / 16) * style.dot
    // a rim keeps dots apart from each other and from the surface; on small ones it would be all that is seen
    uniforms.halo.value = Math.min(style.line * 0.7, uniforms.size.value * 0.3)
    uniforms.tall.value = tall
  }

  update(points: SurfacePoints, axes: Axes): void {
    const { emphasis, heights, role, roles, x, y } = points
    const count = Math.min(x.length, y.length, heights.length)
    if (count > this.tints.length) this.reserve(Math.max(count, this.tints.length * 2))
    const { positions, tints } = this
    const common = roleNames.indexOf(role)
    let drawn = 0
    const add = (index: number) => {
      const [across, along, height] = [axes.x(x[index]), axes.y(y[index]), axes.height(heights[index])]
      // beside the box there is no surface; also false for NaN
      if (!(across >= 0 && across <= 1 && along >= 0 && along <= 1 && height >= 0)) return false
      positions[drawn * 3] = across
      positions[drawn * 3 + 1] = along
      positions[drawn * 3 + 2] = height
      tints[drawn] = roles?.[index] ? roleNames.indexOf(roles[index]) : common
      drawn++
      return true
    }
    for (let index = 0; index < count; index++) if (index !== emphasis) add(index)
    // last, so that none covers it
    const emphasised = emphasis !== undefined && emphasis >= 0 && emphasis < count && add(emphasis)
    this.uniforms.emphasis.value = emphasised ? drawn - 1 : -1
    this.geometry.setDrawRange(0, drawn)
    for (const object of this.objects) object.visible = drawn > 0
    for (const [name, size] of [
      ['position', drawn * 3],
      ['tint', drawn],
    ] as const) {
      const attribute = this.geometry.getAttribute(name) as BufferAttribute | undefined
      if (!attribute) continue
      attribute.clearUpdateRanges()
      attribute.addUpdateRange(0, size)
      attribute.needsUpdate = true
    }
  }

  dispose(): void {
    for (const object of this.objects) {
      object.removeFromParent()
      object.material.dispose()
    }
    this.geometry.dispose()
  }

  private reserve(count: number): void {
    // frees the GPU's buffers of the smaller arrays
    this.geometry.dispose()
    this.positions = new Float32Array(count * 3)
    this.tints = new Uint8Array(count)
    for (const [name, array, size] of [
      ['position', this.positions, 3],
      ['tint', this.tints, 1],
    ] as const) {
      const attribute = new BufferAttribute(array, size)
      attribute.setUsage(DynamicDrawUsage)
      this.geometry.setAttribute(name, attribute)
    }
  }
}
