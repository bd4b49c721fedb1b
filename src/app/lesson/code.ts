/** A lesson in the address: its text, compressed by the browser, in the letters that a link may have. */
import { version } from './plan.ts'

/** What mail programs and chats carry without loss. */
export const longestCode = 8000

/** No lesson is as long; a damaged or malicious code could be. */
const longestText = 2_000_000
const mark = `${version}.`

async function through(bytes: Uint8Array<ArrayBuffer>, by: GenericTransformStream, most: number) {
  const reader = new Blob([bytes]).stream().pipeThrough<Uint8Array>(by).getReader()
  const parts: Uint8Array<ArrayBuffer>[] = []
  for (let length = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer())
    length += value.length
    parts.push(new Uint8Array(value))
    if (length <= most) continue
    await reader.cancel()
    throw new RangeError('it is too long')
  }
}

export async function encode(text: string): Promise<string> {
  const bytes = await through(
    new TextEncoder().encode(text),
    new CompressionStream('deflate-raw'),
    Number.POSITIVE_INFINITY,
  )
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return mark + btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Throws a sentence where the code is damaged. */
export async function decode(code: string): Promise<string> {
  if (!code.startsWith(mark))
    throw new Error(
      'The link names a lesson that this page does not know. A part of the link may be missing.',
    )
  try {
    const letters = atob(code.slice(mark.length).replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0))
    const plain = await through(bytes, new DecompressionStream('deflate-raw'), longestText)
    return new TextDecoder('utf-8', { fatal: true }).decode(plain)
  } catch {
    throw new Error('The lesson in the link is damaged. A part of the link may be missing.')
  }
}
