/**
 * SHA-256 (FIPS 180-4) as lower-case hexadecimal, by the browser's own function if it has one. A page from another
 * machine over plain http has none; the function below then does the same, a few times slower.
 */

const primes = (() => {
  const found: number[] = []
  for (let n = 2; found.length < 64; n++) if (found.every((prime) => n % prime)) found.push(n)
  return found
})()
/** The first 32 bits of a number's fraction. */
const fraction = (x: number) => ((x - Math.floor(x)) * 2 ** 32) | 0
const initial = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))
const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))

const rotated = (x: number, by: number) => (x >>> by) | (x << (32 - by))

function addBlock(state: Int32Array, words: Int32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i)
  for (let i = 16; i < 64; i++) {
    const early = words[i - 15]
    const late = words[i - 2]
    const earlySigma = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3)
    const lateSigma = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10)
    words[i] = words[i - 16] + earlySigma + words[i - 7] + lateSigma
  }
  let [a, b, c, d, e, f, g, h] = state
  for (let i = 0; i < 64; i++) {
    const choice = (e & f) ^ (~e & g)
    const first = h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + choice + constants[i] + words[i]
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + majority
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  const sums = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i] += sums[i]
}

/** SHA-256 for a browser without a digest function. */
export function plainSha256(bytes: Uint8Array): string {
  const state = Int32Array.from(initial)
  const words = new Int32Array(64)
  const whole = bytes.length - (bytes.length % 64)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < whole; at += 64) addBlock(state, words, view, at)
  // the remaining bytes, a one bit, zeros, and the length in bits
  const rest = bytes.subarray(whole)
  const end = new Uint8Array(rest.length < 56 ? 64 : 128)
  end.set(rest)
  end[rest.length] = 0x80
  const endView = new DataView(end.buffer)
  endView.setUint32(end.length - 8, Math.floor(bytes.length / 2 ** 29))
  endView.setUint32(end.length - 4, bytes.length << 3)
  for (let at = 0; at < end.length; at += 64) addBlock(state, words, endView, at)
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // undefined outside secure contexts, in spite of its type
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
  if (!subtle) return plainSha256(bytes)
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
