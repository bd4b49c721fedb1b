/** The variants and the tiles of the product: which one runs, when it is measured, and that tiles give the same bits. */
import { expect, it } from 'vitest'
import {
  createWebGpuBackend,
  nameOf,
  productTiles,
  type WebGpuBackend,
} from '../../src/compute/webgpu/index.ts'
import { madeUpStore } from '../unit/madeUpStore.ts'
import { onAdapter } from './adapters.ts'
import { expectSame } from './manyModels.ts'
import { modelProductReference } from './modelProductReference.ts'
import { fractions, wholeNumbers } from './variants.ts'

/** A product of whole numbers, which has to be exact. */
async function product(backend: WebGpuBackend, m: number, k: number, n: number) {
  const left = wholeNumbers(m * k, 9, 1)
  const right = wholeNumbers(k * n, 9, 2)
  const output = backend.createTensor([m, n])
  backend.modelProduct({
    ...{ models: 1, output: { tensor: output, rows: m, columns: n } },
    left: { tensor: backend.upload(left, [m, k]), rows: m, columns: k },
    right: { tensor: backend.upload(right, [k, n]), rows: k, columns: n },
  })
  const expected = Float32Array.from(modelProductReference({ left, right, size: [m, k, n] }))
  expectSame([(await backend.read(output)) as Float32Array], [expected])
}

/** The kernels that multiply. */
const compiledOf = (backend: WebGpuBackend) =>
  Object.keys(backend.compileTimes())
    .filter((name) => name.startsWith('modelProduct.'))
    .toSorted()

it.each([
  { vendor: 'acme', because: 'measured', compiled: ['registerTile.1', 'workgroupTile'] },
  { vendor: 'swiftshader', because: 'assumed', compiled: ['firstTile.1'] },
  { vendor: 'llvmpipe', because: 'assumed', compiled: ['workgroupTile'] },
] as const)('measures its variants at the first large product, on hardware alone: %o', async (expected) => {
  const backend = await onAdapter({ vendor: expected.vendor })
  await product(backend, 20, 32, 40)
  expect(backend.variants().modelProduct.because).toBe('assumed')
  await product(backend, 256, 256, 256)
  const { because, rates, ...chosen } = backend.variants().modelProduct
  expect(because).toBe(expected.because)
  if (rates) expect(rates[nameOf(chosen)]).toBe(Math.max(...Object.values(rates)))
  expect(backend.variants().logitLoss.because).toBe('assumed')
  const compiled = compiledOf(backend)
  for (const each of expected.compiled) expect(compiled).toContain(`modelProduct.${each}`)
  // and larger tiles, where they were tried
  expect(compiled).toHaveLength(rates ? Object.keys(rates).length : 1)
  backend.dispose()
})

it('uses what it measured in the next visit, and the larger tile that won where products fill it', async () => {
  const { held, store } = madeUpStore()
  const first = await onAdapter({ vendor: 'acme' }, { store })
  await product(first, 256, 256, 256)
  const measured = first.variants().modelProduct
  expect(measured.because).toBe('measured')
  first.dispose()
  while (held.size === 0) await new Promise((resolve) => setTimeout(resolve, 5))

  const second = await onAdapter({ vendor: 'acme' }, { store })
  await product(second, 256, 256, 256)
  expect(second.variants().modelProduct).toEqual({ ...measured, because: 'kept' })
  // none was tried
  expect(compiledOf(second)).toHaveLength(1)
  second.dispose()

  const won = { register: 1e9, workgroup: 2e9, 'workgroup 128 × 64': 3e9 }
  for (const [key, entry] of held) held.set(key, { ...(entry as object), rates: won, work: 2 ** 24 })
  const third = await onAdapter({ vendor: 'acme' }, { store })
  const usual = 'modelProduct.workgroupTile'
  // two tiles of 128 × 64 fewer than in the trial
  await product(third, 256, 344, 192)
  // more of them, but half of each is beyond the edge
  await product(third, 64, 412, 640)
  expect(compiledOf(third)).toEqual([usual])
  await product(third, 256, 256, 256)
  expect(compiledOf(third)).toEqual([usual, `${usual}.16.8`])
  expect(third.variants().modelProduct).toMatchObject({ lanes: [16, 8], because: 'kept' })
  third.dispose()
})

it.each([
  { what: 'whole steps', inner: 64 },
  { what: 'steps beyond the end', inner: 61 },
])(
  'multiplies at once on SwiftShader, and by a larger tile later, with the same bits: $what',
  async ({ inner }) => {
    const backend = await onAdapter({ vendor: 'swiftshader' })
    const [models, rows, columns] = [130, 131, 133]
    const matrices = (count: number, rows: number, columns: number, seed: number) => {
      const values = fractions(count * rows * columns, seed)
      return { tensor: backend.upload(values, [values.length]), rows, columns, period: count }
    }
    const [left, right] = [matrices(models, rows, inner, 1), matrices(models, inner, columns, 2)]
    const output = {
      ...{ tensor: backend.createTensor([models * rows * columns]), rows, columns },
    }
    const compiled = () =>
      Object.keys(backend.compileTimes()).filter((name) => name.startsWith('modelProduct.'))
    const product = async () => {
      backend.modelProduct({ models, output, left, right })
      return (await backend.read(output.tensor)) as Float32Array
    }
    const first = await product()
    expect(compiled()).toHaveLength(1)
    // the larger one is asked for once so much was multiplied; until it is compiled, the first one serves
    while (compiled().length < 2) expectSame([await product()], [first])
    const tiles = compiled().map((name) => name.split('.')[1])
    expect(tiles).toEqual(['firstTile', 'registerTile'])
    const known = compiled()
    expectSame([await product()], [first])
    expect(compiled()).toEqual(known)
    backend.dispose()
  },
)

it('gives the same bits with every tile of the variant `workgroup`', async () => {
  const [rows, inner, columns] = [130, 37, 131]
  const [left, right] = [fractions(rows * inner, 1), fractions(inner * columns, 2)]
  const results: Float32Array[] = []
  for (const lanes of [undefined, ...productTiles]) {
    const backend = await createWebGpuBackend(navigator.gpu, { variant: 'workgroup', lanes })
    const tensor = backend.createTensor([rows, columns])
    backend.modelProduct({
      ...{ models: 1, output: { tensor, rows, columns } },
      left: { tensor: backend.upload(left, [rows, inner]), rows, columns: inner },
      right: { tensor: backend.upload(right, [inner, columns]), rows: inner, columns },
    })
    results.push((await backend.read(tensor)) as Float32Array)
    // it was this tile, and no other
    const lanesOf = lanes ? `.${lanes.join('.')}` : ''
    const kernels = Object.keys(backend.compileTimes()).filter((name) => name.startsWith('modelProduct'))
    expect(kernels).toEqual([`modelProduct.workgroupTile${lanesOf}`])
    backend.dispose()
  }
  expect(results[0].some((value) => value !== 0)).toBe(true)
  for (const result of results.slice(1)) expect(result).toEqual(results[0])
})
