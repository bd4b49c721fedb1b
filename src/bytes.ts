/** Bytes of all typed arrays inside of plain data. */
export function bytesOf(data: unknown): number {
  if (ArrayBuffer.isView(data)) return data.byteLength
  if (typeof data !== 'object' || data === null) return 0
  let sum = 0
  for (const value of Object.values(data)) sum += bytesOf(value)
  return sum
}
