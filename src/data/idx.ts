/**
 * The IDX format of the MNIST files, as described by their authors: two zero bytes, the type of the elements (8:
 * unsigned byte), the number of dimensions, each dimension as a big-endian 32-bit integer, then the elements. The last
 * dimension varies fastest.
 */

/** Pixels along an image's side. */
export const side = 28
/** Bytes of one image. */
export const imageBytes = side * side

const unsignedByte = 0x08

/** The first bytes of an IDX file of images. */
export const imageSignature = [0, 0, unsignedByte, 3] as const

/** Bytes of an IDX file of so many images, or of so many labels. */
export const imageFileBytes = (count: number) => 16 + count * imageBytes
export const labelFileBytes = (count: number) => 8 + count

const hexadecimal = (word: number) => `0x${word.toString(16).padStart(8, '0')}`

/** The elements of an IDX file of bytes with these dimensions. Throws an Error that names the fault. */
function elements(file: Uint8Array, dimensions: readonly number[]): Uint8Array {
  const header = 4 + 4 * dimensions.length
  if (file.length < header) throw new Error(`cut short: ${file.length} bytes, the header alone has ${header}`)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const magic = view.getUint32(0)
  const expected = (unsignedByte << 8) | dimensions.length
  if (magic !== expected)
    throw new Error(`the magic number is ${hexadecimal(magic)}, not ${hexadecimal(expected)}`)
  const found = dimensions.map((_, i) => view.getUint32(4 + 4 * i))
  if (found.some((size, i) => size !== dimensions[i]))
    throw new Error(`the dimensions are ${found.join(' × ')}, not ${dimensions.join(' × ')}`)
  const length = header + dimensions.reduce((product, size) => product * size, 1)
  if (file.length !== length)
    throw new Error(
      `${file.length < length ? 'cut short' : 'too long'}: ${file.length} bytes in place of ${length}`,
    )
  return file.subarray(header)
}

/** The pixels [count, 28, 28] of an IDX file of images, not copied; 0 is background, 255 ink. */
export const readImages = (file: Uint8Array, count: number) => elements(file, [count, side, side])

/** The labels [count] of an IDX file, not copied. Throws an Error if one is no digit. */
export function readLabels(file: Uint8Array, count: number): Uint8Array {
  const labels = elements(file, [count])
  const wrong = labels.findIndex((label) => label > 9)
  if (wrong >= 0) throw new Error(`label ${wrong} is ${labels[wrong]}, no digit`)
  return labels
}

function written(dimensions: readonly number[], values: Uint8Array): Uint8Array {
  const header = 4 + 4 * dimensions.length
  const file = new Uint8Array(header + values.length)
  const view = new DataView(file.buffer)
  view.setUint32(0, (unsignedByte << 8) | dimensions.length)
  dimensions.forEach((size, i) => {
    view.setUint32(4 + 4 * i, size)
  })
  file.set(values, header)
  return file
}

/** An IDX file of images [count, 28, 28]. */
export const writeImages = (images: Uint8Array) => written([images.length / imageBytes, side, side], images)

/** An IDX file of labels [count]. */
export const writeLabels = (labels: Uint8Array) => written([labels.length], labels)
