/**
 * The parts in which MNIST is packed and downloaded. An unpacked part is an IDX file of images, followed by an IDX file
 * of their labels.
 */
import { imageFileBytes, labelFileBytes } from './idx.ts'
import { partCount, validationCount } from './order.ts'

export interface Part {
  /** The file's name, without its extension. */
  readonly name: string
  /** Number of images. */
  readonly count: number
  /** Checksum of the unpacked part, in hexadecimal. */
  readonly sha256: string
}

/** Bytes of an unpacked part with so many images. */
export const partBytes = (count: number) => imageFileBytes(count) + labelFileBytes(count)

/** The training images, in the packed order. */
export const trainingParts: readonly Part[] = [
  '26f1a826d7b0847e880bc764bbbc9a973c757934c6c36d6cd3d4f27249dfc769',
  '4f38414279c907be68b8eb3f73d18e19c456d204020053e8ca66feb37e8dd661',
  '745f7e4d47fba174795fc1a68bdada0ba8931c00cf76ca0219a6d6ccebfddf9c',
  '37aa11e29dc3acd19bd82b5d5316aad0c9bf16440e8aab52231a66523c26673c',
  '05a0cb217f97ba1a34165a874f6f70f8c2e2fec3b7e230c4bb788dc9138155e0',
  'bcb789321bb97e776b3e6e95aab5eeddc2dc99b6b6e40b02c9b9c47c7f8d4d67',
].map((sha256, i) => ({ name: `mnist-training-${i}`, count: partCount, sha256 }))

/** The test images, in their original order. */
export const validationPart: Part = {
  name: 'mnist-validation',
  count: validationCount,
  sha256: '18489308deedfe2f7bd3a11e599a597126f161d991b1ffcffb71642aa76f7f62',
}
