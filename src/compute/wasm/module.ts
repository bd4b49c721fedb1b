/** Chooses, loads and instantiates the compiled kernels. */
import { createMemory, KernelMemory, pageBytes } from './memory.ts'

/** The exports of kernels/index.ts. Addresses in bytes, sizes in elements. */
export interface Kernels {
  heapBase(): number
  randomBits(
    output: number,
    rows: number,
    columns: number,
    firstRow: number,
    stream: number,
    batch: number,
    seed: number,
  ): void
  randomNormal(
    output: number,
    rows: number,
    columns: number,
    indices: number,
    firstRow: number,
    stream: number,
    batch: number,
    seed: number,
  ): void
  weightedSum(
    output: number,
    first: number,
    firstScale: number,
    second: number,
    secondScale: number,
    count: number,
  ): void
  layerNorm(output: number, input: number, rows: number, columns: number, epsilon: number): void
  matrixProductScratch(m: number, k: number, n: number): number
  matrixProduct(
    output: number,
    left: number,
    right: number,
    m: number,
    k: number,
    n: number,
    scratch: number,
  ): void
  logitLossScratch(tokens: number, dModel: number, histogramBins: number): number
  logitLoss(slice: number, state: number): void
  gaussianFitScratch(panels: number): number
  gaussianFit(task: number): void
  planeFit(fit: number): void
  modelProduct(product: number): void
  columnSums(output: number, input: number, rows: number, columns: number): void
  allFinite(values: number, count: number): number
  adam(
    parameters: number,
    gradients: number,
    firstMoments: number,
    secondMoments: number,
    count: number,
    rate: number,
    rootFactor: number,
  ): void
  runningAverage(average: number, parameters: number, count: number, kept: number): void
  gatherImages(
    output: number,
    images: number,
    indices: number,
    rows: number,
    words: number,
    imageCount: number,
  ): void
  sampleLatent(
    latent: number,
    rates: number,
    encoded: number,
    noise: number,
    rows: number,
    columns: number,
  ): void
  sampleLatentGradient(
    output: number,
    encoded: number,
    noise: number,
    latentGradient: number,
    share: number,
    rows: number,
    columns: number,
  ): void
  crossEntropy(
    losses: number,
    gradient: number,
    logits: number,
    labels: number,
    rows: number,
    classes: number,
  ): void
  addSoftmax(probabilities: number, logits: number, rows: number, classes: number): void
  countErrors(scores: number, labels: number, rows: number, classes: number): number
  gatherRows(
    output: number,
    table: number,
    indices: number,
    positions: number,
    scale: number,
    rows: number,
    words: number,
    context: number,
    columns: number,
  ): void
  scatterAddRows(
    output: number,
    input: number,
    indices: number,
    scale: number,
    rows: number,
    words: number,
    columns: number,
  ): void
  layerNormGradient(
    output: number,
    input: number,
    gradient: number,
    rows: number,
    columns: number,
    epsilon: number,
  ): void
  gelu(output: number, input: number, count: number): void
  geluGradient(output: number, input: number, gradient: number, count: number): void
  causalAttentionScratch(context: number, width: number): number
  causalAttention(
    probabilities: number,
    output: number,
    projected: number,
    sequences: number,
    context: number,
    heads: number,
    width: number,
    scratch: number,
  ): void
  causalAttentionGradientScratch(context: number, width: number): number
  causalAttentionGradient(
    projectedGradient: number,
    projected: number,
    probabilities: number,
    outputGradient: number,
    sequences: number,
    context: number,
    heads: number,
    width: number,
    scratch: number,
  ): void
  vocabularyLossScratch(rows: number, width: number): number
  vocabularyLoss(
    logSumExps: number,
    losses: number,
    hidden: number,
    table: number,
    labels: number,
    rows: number,
    words: number,
    width: number,
    scratch: number,
  ): void
  vocabularyLossGradientScratch(rows: number, width: number): number
  vocabularyLossGradient(
    hiddenGradient: number,
    tableGradient: number,
    hidden: number,
    table: number,
    labels: number,
    logSumExps: number,
    rows: number,
    words: number,
    width: number,
    scratch: number,
  ): void
  rowNorms(output: number, input: number, rows: number, columns: number): void
  clipNorm(values: number, count: number, limit: number): number
}

/** A function that gives relaxed_madd of three splat zeros: valid only where relaxed SIMD is. */
// biome-ignore format: one instruction a line
const relaxedProbe = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, // type: () → v128
  0x03, 0x02, 0x01, 0x00, // one function of that type
  0x0a, 0x13, 0x01, 0x11, 0x00, // its code: 17 bytes, no locals
  0x41, 0x00, 0xfd, 0x0f, // i32.const 0, i8x16.splat
  0x41, 0x00, 0xfd, 0x0f,
  0x41, 0x00, 0xfd, 0x0f,
  0xfd, 0x85, 0x02, // f32x4.relaxed_madd
  0x0b,
])

/** The same with one splat alone: valid where SIMD is. */
// biome-ignore format: one instruction a line
const simdProbe = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b,
  0x03, 0x02, 0x01, 0x00,
  0x0a, 0x08, 0x01, 0x06, 0x00,
  0x41, 0x00, 0xfd, 0x0f,
  0x0b,
])

/** Whether this browser has relaxed SIMD, with its fused multiply-add. */
export const supportsRelaxed = () => WebAssembly.validate(relaxedProbe)

/** The bytes of the compiled kernels: with relaxed SIMD or without. */
export type LoadKernels = (relaxed: boolean) => Promise<BufferSource>

/** The module's bytes from beside this file, or wherever the bundler put them. */
export const fetchKernels: LoadKernels = async (relaxed) => {
  const url = relaxed
    ? new URL('./generated/kernels-relaxed.wasm', import.meta.url)
    : new URL('./generated/kernels.wasm', import.meta.url)
  const response = await fetch(url)
  if (!response.ok) throw new Error(`The WebAssembly kernels did not load: ${response.status} for ${url}.`)
  return response.arrayBuffer()
}

/** Rejects with a sentence where there is no WebAssembly SIMD. */
export async function instantiate(load: LoadKernels, relaxed: boolean) {
  if (!WebAssembly.validate(simdProbe))
    throw new Error('This browser has no WebAssembly SIMD, which the CPU backend needs.')
  const { memory, maximumPages } = createMemory()
  const { instance } = await WebAssembly.instantiate(await load(relaxed), { env: { memory } })
  const kernels = instance.exports as unknown as Kernels
  const maximumBytes = maximumPages * pageBytes
  return { kernels, memory: new KernelMemory(memory, maximumBytes, kernels.heapBase()), maximumBytes }
}
