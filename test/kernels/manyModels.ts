/** Matrices of many models laid apart in one tensor, and what the tests of the network operations do with them. */
import { expect } from 'vitest'
import type { Backend, Tensor } from '../../src/compute/backend.ts'
import type { Matrices } from '../../src/compute/network.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import { backends } from './backends.ts'
import { fractions, variants } from './variants.ts'

/** Both backends, and the CPU's kernels as a browser without relaxed SIMD gets them. */
export const networkBackends: { name: string; create: () => Promise<Backend> }[] = [
  ...backends.map(({ kind, create }) => ({ name: kind, create })),
  {
    name: 'wasm without relaxed SIMD',
    create: () => createWasmBackend({ relaxed: false }),
  },
]

/** Every variant of WebGPU's, cut into many dispatches too, and the CPU's kernels without relaxed SIMD. */
export const networkVariants = [
  ...variants,
  ...networkBackends.filter(({ name }) => name.includes('without')),
]

/** What lies between the matrices; no operation gives it. */
const filler = 12345

export type Numbers = Float32Array | Uint32Array

export interface Layout {
  readonly rows: number
  readonly columns: number
  /** Elements before the first matrix, and between one and the next. */
  readonly offset?: number
  readonly gap?: number
}

/** One matrix an entry of `contents`, laid apart with fillers around each. */
export function laid(
  backend: Backend,
  contents: readonly Numbers[],
  { rows, columns, offset = 0, gap = 0 }: Layout,
): Matrices & { readonly stride: number; readonly offset: number } {
  const stride = rows * columns + gap
  const all = new (contents[0] instanceof Uint32Array ? Uint32Array : Float32Array)(
    offset + contents.length * stride,
  ).fill(filler)
  for (const [model, matrix] of contents.entries()) all.set(matrix, offset + model * stride)
  return { tensor: backend.upload(all, [all.length]), offset, stride, rows, columns, period: contents.length }
}

/** The matrices that `laid` placed. Fails where anything beside them changed. */
export async function matricesOf(backend: Backend, from: ReturnType<typeof laid>): Promise<Float32Array[]> {
  const all = (await backend.read(from.tensor)) as Float32Array
  const { offset, stride, rows, columns } = from
  const count = (all.length - offset) / stride
  const matrices = Array.from({ length: count }, (_, model) =>
    all.slice(offset + model * stride, offset + model * stride + rows * columns),
  )
  const beside = all.filter((_, i) => i < offset || (i - offset) % stride >= rows * columns)
  expect(beside.every((value) => value === filler)).toBe(true)
  return matrices
}

/** Matrices to be written, full of fillers. */
export const unwritten = (backend: Backend, models: number, layout: Layout) =>
  laid(
    backend,
    Array.from({ length: models }, () => new Float32Array(layout.rows * layout.columns).fill(filler)),
    layout,
  )

/** Leaves NaN where memory is free, so that an operation that reads what it never wrote is seen. */
export const spoilFreeMemory = (backend: Backend) =>
  backend.upload(new Float32Array(2 ** 20).fill(Number.NaN), [2 ** 20]).dispose()

/** `models` matrices of numbers between ±size, all different. */
export const several = (models: number, length: number, seed: number, size = 1) =>
  Array.from({ length: models }, (_, model) =>
    fractions(length, seed + 1000 * model).map((value) => value * size),
  )

/** Labels below `classes`. */
export const labelled = (models: number, rows: number, classes: number, seed: number) =>
  several(models, rows, seed).map((values) =>
    Uint32Array.from(values, (value) => Math.floor(((value + 1) / 2) * classes) % classes),
  )

export const dispose = (...given: (Matrices | Tensor | undefined)[]) => {
  for (const each of given)
    if (each && 'tensor' in each) each.tensor.dispose()
    else each?.dispose()
}

/** Fails unless every |actual − expected| is at most what `allowed` gives for its place. */
export function expectWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: (index: number) => number,
): void {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++)
    if (!(Math.abs(actual[i] - expected[i]) <= allowed(i)))
      expect.fail(`entry ${i} is ${actual[i]}, not ${expected[i]} within ${allowed(i)}`)
}

/** The slope of f at every coordinate of `point`, by central differences in float64. */
export function centralDifferences(
  f: (point: Float64Array) => number,
  point: ArrayLike<number>,
  step = 1e-5,
): Float64Array {
  return Float64Array.from(point, (_, i) => {
    const at = (value: number) => f(Float64Array.from(point, (x, j) => (j === i ? x + value : x)))
    return (at(step) - at(-step)) / (2 * step)
  })
}
