/** Matrices of many models laid apart in one tensor, and what the tests of the network operations do with them. */
import { expect } from 'vitest'
import type { Backend, Tensor } from '../../src/compute/backend.ts'
import type { Matrices } from '../../src/compute/matrices.ts'
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
export const networkVariants: typeof variants = [
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
  const expectFilled = (from: number, to: number) => {
    for (let i = from; i < to; i++)
      if (all[i] !== filler) expect.fail(`entry ${i}, beside the matrices, became ${all[i]}`)
  }
  expectFilled(0, offset)
  for (let model = 0; model < count; model++)
    expectFilled(offset + model * stride + rows * columns, offset + (model + 1) * stride)
  return matrices
}

/** Matrices to be written, full of fillers. */
export const unwritten = (backend: Backend, models: number, layout: Layout) =>
  laid(
    backend,
    Array.from({ length: models }, () => new Float32Array(layout.rows * layout.columns).fill(filler)),
    layout,
  )

const nothing = new Float32Array(2 ** 20).fill(Number.NaN)
/** Leaves NaN where memory is free, so that an operation that reads what it never wrote is seen. */
export const spoilFreeMemory = (backend: Backend) => backend.upload(nothing, [nothing.length]).dispose()

/** `make`, once for all backends: what a case is made of, and what float64 makes of it. */
export function once<Given extends object, Made>(make: (given: Given) => Made): (given: Given) => Made {
  const known = new Map<Given, Made>()
  return (given) => {
    const made = known.get(given) ?? make(given)
    known.set(given, made)
    return made
  }
}

/** As toEqual for arrays of numbers of any size, which takes it a second for a hundred thousand of them. */
export function expectSame(actual: readonly Numbers[], expected: readonly Numbers[]): void {
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length))
  for (const [index, values] of actual.entries())
    for (let i = 0; i < values.length; i++)
      if (!Object.is(values[i], expected[index][i]))
        expect.fail(`entry ${i} of array ${index} is ${values[i]}, not ${expected[index][i]}`)
}

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
