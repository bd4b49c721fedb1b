/** Operations that have variants on WebGPU are tested as each of them, and cut into many dispatches. */
import { inject } from 'vitest'
import type { Backend } from '../../src/compute/backend.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import { createWebGpuBackend } from '../../src/compute/webgpu/index.ts'

declare module 'vitest' {
  interface ProvidedContext {
    everyCase: boolean
  }
}

/**
 * The tests on wgpu try every case; those in Chromium, whose software adapter compiles slowly and waits long at
 * barriers, leave out what repeats another case: every branch of a variant is still tried in both.
 */
const everyCase = inject('everyCase')

/** All cases where every one is tried, and else those that differ in what is tried. */
export const casesOf = <Case>(all: readonly Case[], different: readonly Case[]): readonly Case[] =>
  everyCase ? all : different

interface Variant {
  readonly name: string
  /** One case of an operation is enough: the rest is that of two variants together. */
  readonly brief?: boolean
  readonly create: () => Promise<Backend>
}

export const variants: readonly Variant[] = [
  { name: 'wasm', create: () => createWasmBackend() },
  { name: 'webgpu, register', create: () => createWebGpuBackend(navigator.gpu, { variant: 'register' }) },
  { name: 'webgpu, workgroup', create: () => createWebGpuBackend(navigator.gpu, { variant: 'workgroup' }) },
  {
    name: 'webgpu, register, cut',
    create: () => createWebGpuBackend(navigator.gpu, { variant: 'register', workLimit: 1000 }),
  },
  {
    name: 'webgpu, workgroup, cut',
    brief: !everyCase,
    create: () => createWebGpuBackend(navigator.gpu, { variant: 'workgroup', workLimit: 1000 }),
  },
]

/** Whole numbers −size…size that look random, the same at every call. */
export function wholeNumbers(length: number, size: number, seed: number): Float32Array {
  const numbers = new Float32Array(length)
  let state = seed >>> 0
  for (let i = 0; i < length; i++) {
    // the linear congruence of Numerical Recipes; its upper bits are good enough for data
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    numbers[i] = Math.floor((state / 2 ** 32) * (2 * size + 1)) - size
  }
  return numbers
}

/** Numbers between −1 and 1, with all the digits of a float32. */
export function fractions(length: number, seed: number): Float32Array {
  return wholeNumbers(length, 2 ** 23, seed).map((value) => value / 2 ** 23)
}
