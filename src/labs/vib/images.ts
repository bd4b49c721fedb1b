/** Images in the format of the backends: four pixels a word, the first in the lowest byte. */
import type { Mnist } from '../../data/mnist.ts'
import { averaged } from '../../data/mnist.ts'

export interface ImageSet {
  readonly count: number
  /** Pixels a side. */
  readonly side: number
  /** [count, side, side] */
  readonly pixels: Uint8Array
  /** [count]: 0…9 */
  readonly labels: Uint8Array
}

export function imageSet({ count, images, labels }: Mnist, side: 14 | 28): ImageSet {
  return { count, side, labels, pixels: side === 28 ? images : averaged(images) }
}

/** The images at these places. */
export function subset({ side, pixels, labels }: ImageSet, places: Uint32Array): ImageSet {
  const size = side ** 2
  const chosen = new Uint8Array(places.length * size)
  for (const [to, place] of places.entries())
    chosen.set(pixels.subarray(place * size, (place + 1) * size), to * size)
  return {
    count: places.length,
    side,
    pixels: chosen,
    labels: Uint8Array.from(places, (place) => labels[place]),
  }
}

/** [count, side² / 4] */
export function packed({ pixels }: ImageSet): Uint32Array {
  const aligned = pixels.byteOffset % 4 === 0 ? pixels : pixels.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4)
}
