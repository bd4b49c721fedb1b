/** Any number of points on a surface: one draw call for visible ones, and one for those behind the surface. */
import {
  BufferGeometry,
  GreaterDepth,
  LessEqualDepth,
  type Points,
  type Scene,
  ShaderMaterial,
  Vector3,
} from 'three'
import type { SurfacePoints } from './contract.ts'
import type { Box } from './figure.ts'
import {
  DotBuffer,
  dotFragmentShader,
  dotObject,
  dotUniforms,
  dotVertex,
  styleDots,
} from './marks/dotCloud.ts'
import { discard } from './marks/drawn.ts'
import type { Style } from './style.ts'
import type { Axes } from './surfaceGrid.ts'
import { inBox } from './surfaceMesh.ts'

/**
 * Each dot is moved toward the eye by its radius, so that the slope below it does not cut the disc. `size` is the
 * radius and `tall` the height of the view, in CSS pixels.
 */
const vertexShader = /* glsl */ `
  ${inBox}
  ${dotVertex}
  uniform float size;
  uniform float tall;
  void main() {
    setDot(size * (tint > 127.5 ? 1.3 : 1.0));
    vec4 seen = viewMatrix * vec4(inBox(position), 1.0);
    gl_Position = projectionMatrix * seen;
    seen.z += 1.5 * kind.x * -seen.z * 2.0 / (projectionMatrix[1][1] * tall);
    vec4 nearer = projectionMatrix * seen;
    gl_Position.z = nearer.z / nearer.w * gl_Position.w;
  }
`

/** Opacity of parts behind a surface, which remain faintly visible. */
export const hiddenOpacity = 0.22

export class SurfaceDots {
  private readonly geometry = new BufferGeometry()
  private readonly buffer = new DotBuffer(this.geometry)
  private readonly uniforms = {
    ...dotUniforms(),
    box: { value: new Vector3(1, 1, 1) },
    size: { value: 4 },
    tall: { value: 1 },
  }
  private readonly objects: readonly Points<BufferGeometry, ShaderMaterial>[]

  constructor(scene: Scene) {
    this.objects = [GreaterDepth, LessEqualDepth].map((depthFunc, index) => {
      const material = new ShaderMaterial({
        vertexShader,
        fragmentShader: dotFragmentShader,
        transparent: true,
        depthWrite: false,
        depthFunc,
        uniforms: { ...this.uniforms, opacity: { value: index === 0 ? hiddenOpacity : 1 } },
      })
      const object = dotObject(this.geometry, material, this.uniforms)
      scene.add(object)
      return object
    })
  }

  style({ opacity = 1, size = 8 }: SurfacePoints, box: Box, tall: number, style: Style): void {
    const { objects, uniforms } = this
    for (const [index, { material }] of objects.entries())
      material.uniforms.opacity.value = opacity * (index === 0 ? hiddenOpacity : 1)
    const radius = (size / 16) * style.dot
    // a rim separates dots from each other and from the surface; it is thin, because it must not hide small dots
    styleDots(uniforms, style.palette, Math.min(style.line * 0.7, radius * 0.3))
    uniforms.box.value.set(box.width, box.height, box.depth)
    uniforms.size.value = radius
    uniforms.tall.value = tall
  }

  set order(order: number) {
    for (const [index, object] of this.objects.entries()) object.renderOrder = order + index
  }

  update({ emphasis = -1, heights, role, roles, x, y }: SurfacePoints, axes: Axes): void {
    const { buffer } = this
    const count = Math.min(x.length, y.length, heights.length)
    buffer.count = 0
    const add = (index: number) => {
      const [across, along, height] = [axes.x(x[index]), axes.y(y[index]), axes.height(heights[index])]
      // outside the box there is no surface; also false for NaN
      if (across >= 0 && across <= 1 && along >= 0 && along <= 1 && height >= 0)
        buffer.add(across, along, height, roles?.[index] ?? role, index === emphasis)
    }
    for (let index = 0; index < count; index++) if (index !== emphasis) add(index)
    // last, so that no other dot covers it
    if (emphasis >= 0 && emphasis < count) add(emphasis)
    buffer.finish()
    for (const object of this.objects) object.visible = buffer.count > 0
  }

  dispose(): void {
    for (const object of this.objects) discard(object)
  }
}
