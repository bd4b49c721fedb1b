/** The operations of `Backend` on the CPU. Each runs at once, on the thread that calls it. */
import type {
  Backend,
  ElementKind,
  FitTarget,
  GaussianFitArguments,
  LogitLossArguments,
  LogitLossResult,
  LogitLossState,
  MixtureComponent,
  PlaneComponent,
  RandomSource,
  Tensor,
} from '../backend.ts'
import type {
  AdamArguments,
  CrossEntropyArguments,
  LatentArguments,
  LatentGradientArguments,
  Matrices,
  ModelProductArguments,
  RunningAverageArguments,
} from '../network.ts'
import type {
  AttentionArguments,
  AttentionGradientArguments,
  GatherRowsArguments,
  ScatterAddRowsArguments,
  VocabularyLossArguments,
  VocabularyLossGradientArguments,
} from '../transformer.ts'
import { gaussianFit, WasmFitTarget } from './gaussianFit.ts'
import { WasmLogitLossState } from './logitLossState.ts'
import type { KernelMemory } from './memory.ts'
import type { Kernels } from './module.ts'
import {
  addSoftmax,
  countErrors,
  crossEntropy,
  gatherImages,
  sampleLatent,
  sampleLatentGradient,
} from './network.ts'
import { planeFit, WasmPlaneTarget } from './planeFit.ts'
import { Arguments, elementBytes, elementCount, WasmTensor } from './tensor.ts'
import { adam, columnSums, markFinite, modelProduct, runningAverage } from './training.ts'
import {
  causalAttention,
  causalAttentionGradient,
  clipNorm,
  gatherRows,
  gelu,
  geluGradient,
  layerNormGradient,
  rowNorms,
  scatterAddRows,
  vocabularyLoss,
  vocabularyLossGradient,
} from './transformer.ts'

const epsilon = 1e-5
/** Bytes of kernels/logitLoss.ts's LogitSlice, and of the two scales behind it. */
const sliceBytes = 48

export class WasmBackend implements Backend {
  readonly kind = 'wasm'
  readonly software = false
  readonly latency = 0
  readonly lost = new Promise<string>(() => {})
  // a script in Node may have no navigator
  readonly spareThreads = Math.max(0, (globalThis.navigator?.hardwareConcurrency ?? 1) - 1)

  constructor(
    private kernels: Kernels | undefined,
    private readonly memory: KernelMemory,
    readonly maximumTensorBytes: number,
    readonly adapter: string,
  ) {}

  get memoryBytes(): number {
    return this.maximumTensorBytes
  }

  createTensor(shape: readonly number[], kind: ElementKind = 'float32'): Tensor {
    return this.allocate('createTensor', shape, kind, 'zero')
  }

  upload(data: Float32Array | Uint32Array, shape: readonly number[]): Tensor {
    const count = elementCount('upload', shape)
    if (count !== data.length)
      throw new RangeError(`upload: data [${data.length}] does not fill the shape [${shape.join(', ')}].`)
    const kind = data instanceof Uint32Array ? 'uint32' : 'float32'
    const tensor = this.allocate('upload', shape, kind, 'any')
    this.view(tensor).set(data)
    return tensor
  }

  async read(tensor: Tensor): Promise<Float32Array | Uint32Array> {
    return this.view(this.begin('read').tensor('tensor', tensor, tensor.kind)).slice()
  }

  async finished(): Promise<void> {
    this.begin('finished')
  }

  /** Of one call, the quickest of three: engines replace quickly compiled code by better code. */
  async timed(work: () => void): Promise<number> {
    const call = () => {
      const start = performance.now()
      work()
      return performance.now() - start
    }
    return Math.min(call(), call(), call())
  }

  async deviceTime(run: () => Promise<unknown>): Promise<number> {
    const start = performance.now()
    await run()
    return performance.now() - start
  }

  randomBits(output: Tensor, source: RandomSource, firstRow = 0): void {
    const given = this.begin('randomBits')
    const to = given.matrix('output', output, 'uint32')
    const [rows, columns] = to.shape
    this.checkRows(given, rows, firstRow)
    const { stream, batch, seed } = this.checkSource(given, source)
    given.kernels.randomBits(to.address, rows, columns, firstRow, stream, batch, seed)
  }

  randomNormal(output: Tensor, source: RandomSource, firstRow = 0): void {
    const given = this.begin('randomNormal')
    const to = given.matrix('output', output)
    const [rows, columns] = to.shape
    this.checkRows(given, rows, firstRow)
    const { stream, batch, seed } = this.checkSource(given, source)
    given.kernels.randomNormal(to.address, rows, columns, 0, firstRow, stream, batch, seed)
  }

  randomNormalRows(output: Tensor, source: RandomSource, rows: Tensor): void {
    const given = this.begin('randomNormalRows')
    const to = given.matrix('output', output)
    const indices = given.tensor('rows', rows, 'uint32')
    given.shape('rows', indices, [to.shape[0]], given.describe('output', to))
    const { stream, batch, seed } = this.checkSource(given, source)
    given.kernels.randomNormal(to.address, to.shape[0], to.shape[1], indices.address, 0, stream, batch, seed)
  }

  weightedSum(output: Tensor, first: Tensor, firstScale: number, second: Tensor, secondScale: number): void {
    const given = this.begin('weightedSum')
    const to = given.tensor('output', output)
    const a = given.tensor('first', first)
    const b = given.tensor('second', second)
    given.shape('first', a, to.shape, given.describe('output', to))
    given.shape('second', b, to.shape, given.describe('output', to))
    given.kernels.weightedSum(to.address, a.address, firstScale, b.address, secondScale, to.length)
  }

  layerNorm(output: Tensor, input: Tensor): void {
    const given = this.begin('layerNorm')
    const from = given.matrix('input', input)
    const to = given.matrix('output', output)
    given.shape('output', to, from.shape, given.describe('input', from))
    given.kernels.layerNorm(to.address, from.address, from.shape[0], from.shape[1], epsilon)
  }

  matrixProduct(output: Tensor, left: Tensor, right: Tensor): void {
    const given = this.begin('matrixProduct')
    const a = given.matrix('left', left)
    const b = given.matrix('right', right)
    const to = given.matrix('output', output)
    const [m, k] = a.shape
    const n = b.shape[1]
    given.shape('right', b, [k, n], given.describe('left', a))
    given.shape('output', to, [m, n], `${given.describe('left', a)} · ${given.describe('right', b)}`)
    if (to === a || to === b) given.fail('output must not be one of the factors.')
    this.memory.withScratch(given.kernels.matrixProductScratch(m, k, n) >>> 0, (scratch) =>
      given.kernels.matrixProduct(to.address, a.address, b.address, m, k, n, scratch),
    )
  }

  createLogitLossState(
    tokens: number,
    scaleCount: number,
    histogramBins: number,
    landscapeBins: number,
  ): LogitLossState {
    const given = this.begin('createLogitLossState')
    elementCount('createLogitLossState', [tokens, scaleCount, histogramBins, landscapeBins])
    if (scaleCount > 2) given.fail(`scaleCount is one or two, not ${scaleCount}.`)
    return new WasmLogitLossState(this.memory, tokens, scaleCount, histogramBins, landscapeBins)
  }

  logitLoss(parameters: LogitLossArguments): void {
    const given = this.begin('logitLoss')
    const state = this.checkState(given, parameters.state)
    const hidden = given.matrix('hidden', parameters.hidden)
    const table = given.matrix('table', parameters.table)
    const targets = given.tensor('targets', parameters.targets, 'uint32')
    const inputs = given.tensor('inputs', parameters.inputs, 'uint32')
    const [tokens, dModel] = hidden.shape
    const perToken = given.describe('hidden', hidden)
    if (tokens !== state.tokens)
      given.fail(`${perToken} has ${tokens} tokens; the state was made for ${state.tokens}.`)
    given.shape('targets', targets, [tokens], perToken)
    given.shape('inputs', inputs, [tokens], perToken)
    if (table.shape[1] < dModel)
      given.fail(`${given.describe('table', table)} has fewer columns than ${perToken} needs.`)

    const words = given.unsigned('words', parameters.words)
    const firstWord = given.unsigned('firstWord', parameters.firstWord)
    const vocabulary = given.unsigned('vocabulary', parameters.vocabulary)
    if (words < 1 || words > table.shape[0])
      given.fail(
        `words must be 1 to ${table.shape[0]}, the rows of ${given.describe('table', table)}, not ${words}.`,
      )
    if (firstWord + words > vocabulary)
      given.fail(
        `words ${firstWord} to ${firstWord + words - 1} do not lie in a vocabulary of ${vocabulary}.`,
      )
    const { scales, histogramRange } = parameters
    if (scales.length !== state.scaleCount)
      given.fail(`scales [${scales.length}] must have as many entries as the state, ${state.scaleCount}.`)
    for (const scale of scales) if (!(scale > 0)) given.fail(`scales must be positive, not ${scale}.`)
    if (!(given.finite('histogramRange', histogramRange) > 0))
      given.fail(`histogramRange must be positive, not ${histogramRange}.`)

    const scratchBytes = given.kernels.logitLossScratch(tokens, dModel, state.histogramBins) >>> 0
    this.memory.withScratch(sliceBytes + scales.length * 4 + 16 + scratchBytes, (slice) => {
      const scaleAddress = slice + sliceBytes
      // 16 bytes hold the scales and keep the kernel's own scratch aligned
      const scratch = scaleAddress + 16
      const { address, shape } = table
      this.memory
        .uint32(slice, 11)
        .set([
          ...[hidden.address, address, shape[1] * elementBytes, targets.address, inputs.address],
          ...[scaleAddress, scratch, dModel, words, firstWord, vocabulary],
        ])
      this.memory.float32(slice + 44, 1)[0] = histogramRange
      this.memory.float32(scaleAddress, scales.length).set(scales)
      given.kernels.logitLoss(slice, state.address)
    })
  }

  async readLogitLoss(state: LogitLossState): Promise<LogitLossResult> {
    return this.checkState(this.begin('readLogitLoss'), state).read()
  }

  createFitTarget(components: readonly MixtureComponent[]): FitTarget {
    return new WasmFitTarget(this.begin('createFitTarget'), this.memory, components)
  }

  gaussianFit(parameters: GaussianFitArguments): void {
    gaussianFit(this.begin('gaussianFit'), this.memory, parameters)
  }

  createPlaneTarget(components: readonly PlaneComponent[]): FitTarget {
    this.begin('createPlaneTarget')
    return new WasmPlaneTarget(this.memory, components)
  }

  planeFit(parameters: GaussianFitArguments): void {
    planeFit(this.begin('planeFit'), this.memory, parameters)
  }

  gatherImages(groups: number, output: Matrices, images: Tensor, indices: Tensor): void {
    gatherImages(this.begin('gatherImages'), groups, output, images, indices)
  }

  sampleLatent(parameters: LatentArguments): void {
    sampleLatent(this.begin('sampleLatent'), parameters)
  }

  sampleLatentGradient(parameters: LatentGradientArguments): void {
    sampleLatentGradient(this.begin('sampleLatentGradient'), this.memory, parameters)
  }

  crossEntropy(parameters: CrossEntropyArguments): void {
    crossEntropy(this.begin('crossEntropy'), parameters)
  }

  addSoftmax(models: number, probabilities: Matrices, logits: Matrices): void {
    addSoftmax(this.begin('addSoftmax'), models, probabilities, logits)
  }

  countErrors(models: number, errors: Tensor, scores: Matrices, labels: Matrices): void {
    countErrors(this.begin('countErrors'), this.memory, models, errors, scores, labels)
  }

  modelProduct(parameters: ModelProductArguments): void {
    modelProduct(this.begin('modelProduct'), this.memory, parameters)
  }

  columnSums(models: number, output: Matrices, input: Matrices): void {
    columnSums(this.begin('columnSums'), models, output, input)
  }

  markFinite(models: number, alive: Tensor, values: Matrices): void {
    markFinite(this.begin('markFinite'), this.memory, models, alive, values)
  }

  adam(parameters: AdamArguments): void {
    adam(this.begin('adam'), this.memory, parameters)
  }

  runningAverage(parameters: RunningAverageArguments): void {
    runningAverage(this.begin('runningAverage'), this.memory, parameters)
  }

  gatherRows(parameters: GatherRowsArguments): void {
    gatherRows(this.begin('gatherRows'), parameters)
  }

  scatterAddRows(parameters: ScatterAddRowsArguments): void {
    scatterAddRows(this.begin('scatterAddRows'), parameters)
  }

  layerNormGradient(output: Tensor, input: Tensor, gradient: Tensor): void {
    layerNormGradient(this.begin('layerNormGradient'), output, input, gradient)
  }

  gelu(output: Tensor, input: Tensor): void {
    gelu(this.begin('gelu'), output, input)
  }

  geluGradient(output: Tensor, input: Tensor, gradient: Tensor): void {
    geluGradient(this.begin('geluGradient'), output, input, gradient)
  }

  causalAttention(parameters: AttentionArguments): void {
    causalAttention(this.begin('causalAttention'), this.memory, parameters)
  }

  causalAttentionGradient(parameters: AttentionGradientArguments): void {
    causalAttentionGradient(this.begin('causalAttentionGradient'), this.memory, parameters)
  }

  vocabularyLoss(parameters: VocabularyLossArguments): void {
    vocabularyLoss(this.begin('vocabularyLoss'), this.memory, parameters)
  }

  vocabularyLossGradient(parameters: VocabularyLossGradientArguments): void {
    vocabularyLossGradient(this.begin('vocabularyLossGradient'), this.memory, parameters)
  }

  rowNorms(models: number, output: Matrices, input: Matrices): void {
    rowNorms(this.begin('rowNorms'), models, output, input)
  }

  clipNorm(models: number, values: Matrices, norms: Tensor, limit: number): void {
    clipNorm(this.begin('clipNorm'), this.memory, models, values, norms, limit)
  }

  dispose(): void {
    this.kernels = undefined
    this.memory.close()
  }

  private begin(operation: string): Arguments {
    if (!this.kernels) throw new Error(`${operation}: this WebAssembly backend was disposed of.`)
    return new Arguments(operation, this.memory, this.kernels)
  }

  private allocate(
    operation: string,
    shape: readonly number[],
    kind: ElementKind,
    contents: 'zero' | 'any',
  ): WasmTensor {
    this.begin(operation)
    const bytes = elementCount(operation, shape) * elementBytes
    return new WasmTensor(this.memory, this.memory.allocate(bytes, contents), [...shape], kind)
  }

  private view(tensor: WasmTensor): Float32Array | Uint32Array {
    return this.memory[tensor.kind](tensor.address, tensor.length)
  }

  private checkRows(given: Arguments, rows: number, firstRow: number): void {
    given.unsigned('firstRow', firstRow)
    given.unsigned('the last row', firstRow + rows - 1)
  }

  private checkSource(given: Arguments, source: RandomSource): Required<RandomSource> {
    return {
      seed: given.unsigned('seed', source.seed),
      stream: given.unsigned('stream', source.stream),
      batch: given.unsigned('batch', source.batch ?? 0),
    }
  }

  private checkState(given: Arguments, state: LogitLossState): WasmLogitLossState {
    if (!(state instanceof WasmLogitLossState) || state.memory !== this.memory) return given.foreign('state')
    if (state.disposed) return given.gone('state')
    return state
  }
}
