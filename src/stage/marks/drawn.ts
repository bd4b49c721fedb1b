/** What all objects have in common whose buffers are larger than their content. */
import {
  type BufferAttribute,
  type BufferGeometry,
  type InterleavedBuffer,
  type Material,
  type Mesh,
  type Points,
  Sphere,
} from 'three'

type Drawn = Mesh<BufferGeometry, Material> | Points<BufferGeometry, Material>

/** Draws the object wherever it is: bounds are never used, and must not be computed from such buffers. */
export function drawAlways(object: Drawn): void {
  object.frustumCulled = false
  object.geometry.boundingSphere = new Sphere()
}

/** Sends the first `count` numbers of a buffer to the GPU. */
export function sendFirst(buffer: BufferAttribute | InterleavedBuffer | undefined, count: number): void {
  if (!buffer) return
  buffer.clearUpdateRanges()
  buffer.addUpdateRange(0, count)
  buffer.needsUpdate = true
}

export function discard(object: Drawn): void {
  object.removeFromParent()
  object.geometry.dispose()
  object.material.dispose()
}
