/**
 * The file format of a packed text: four bytes `text`; three little-endian 32-bit integers (different words, bytes of
 * their list, words of the text); the list (UTF-8, line feeds between words); the ids as little-endian 16-bit integers.
 */
import { countIds, type Text } from './vocabulary.ts'

/** The first bytes of the file: `text`. */
export const textSignature = [0x74, 0x65, 0x78, 0x74] as const

const header = 16

export function writePackedText({ words, ids }: Text): Uint8Array {
  const list = new TextEncoder().encode(words.join('\n'))
  const file = new Uint8Array(header + list.length + 2 * ids.length)
  const view = new DataView(file.buffer)
  file.set(textSignature)
  for (const [i, value] of [words.length, list.length, ids.length].entries())
    view.setUint32(4 + 4 * i, value, true)
  file.set(list, header)
  for (let i = 0; i < ids.length; i++) view.setUint16(header + list.length + 2 * i, ids[i], true)
  return file
}

/** Reads a packed text. Throws an Error that names the fault. */
export function readPackedText(name: string, file: Uint8Array): Text {
  if (file.length < header || textSignature.some((byte, i) => file[i] !== byte))
    throw new Error('the file does not begin as a packed text does')
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const [different, listBytes, length] = [4, 8, 12].map((at) => view.getUint32(at, true))
  const expected = header + listBytes + 2 * length
  if (file.length !== expected) throw new Error(`${file.length} bytes in place of ${expected}`)
  const words = new TextDecoder().decode(file.subarray(header, header + listBytes)).split('\n')
  if (words.length !== different) throw new Error(`${words.length} different words in place of ${different}`)
  const ids = new Uint16Array(length)
  for (let i = 0; i < length; i++) ids[i] = view.getUint16(header + listBytes + 2 * i, true)
  return { name, words, ids, counts: countIds(ids, different) }
}
