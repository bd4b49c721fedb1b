/** A small computation whose numbers are known: a backend that gets them wrong is not used. */
import type { Backend } from '../compute/backend.ts'
import { coded, codeOf, errorOf } from '../faults.ts'

const rows = 3
const columns = 5
/** Whole numbers: their sums are exact. */
const entries = Float32Array.from({ length: rows * columns }, (_, i) => ((i * 7) % 11) - 4)

/** x · ½ (1 + tanh(√(2/π) (x + 0.044715 x³))) in float64. */
const gelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))

const text = (numbers: ArrayLike<number>) =>
  Array.from(numbers, (one) => Number(one.toPrecision(6))).join(', ')

async function expectNumbers(backend: Backend): Promise<void> {
  const input = backend.upload(entries, [rows, columns])
  const sums = backend.createTensor([columns])
  const curved = backend.createTensor([rows, columns])
  const size = { columns }
  backend.columnSums(1, { tensor: sums, rows: 1, ...size }, { tensor: input, rows, ...size })
  backend.gelu(curved, input)
  const check = (what: string, got: ArrayLike<number>, wanted: readonly number[], tolerance: number) => {
    // NaN is not below the tolerance either
    if (wanted.every((one, i) => Math.abs(got[i] - one) <= tolerance)) return
    throw new Error(`it computes wrong numbers (${what}: ${text(got)} in place of ${text(wanted)})`)
  }
  const wanted = Array.from({ length: columns }, (_, column) =>
    entries.reduce((sum, one, i) => (i % columns === column ? sum + one : sum), 0),
  )
  check('sums', await backend.read(sums), wanted, 0)
  check('a curve', await backend.read(curved), Array.from(entries, gelu), 1e-4)
  for (const tensor of [input, sums, curved]) tensor.dispose()
}

/** The backend, once a small computation on it gave the right numbers. Else it is disposed of, and this rejects. */
export async function checked<Checked extends Backend>(backend: Checked): Promise<Checked> {
  try {
    await expectNumbers(backend)
    return backend
  } catch (fault) {
    backend.dispose()
    const { message } = errorOf(fault)
    throw coded(codeOf(fault) ?? 'unavailable', new Error(`${backend.adapter} is not used: ${message}`))
  }
}
