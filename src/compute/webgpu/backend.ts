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
import { Arguments, described } from './arguments.ts'
import { Attention } from './attention.ts'
import { Clock } from './clock.ts'
import type { Context } from './context.ts'
import type { Device } from './device.ts'
import { GaussianFit } from './gaussianFit.ts'
import { LogitLoss } from './logitLoss.ts'
import { MatrixProduct } from './matrixProduct.ts'
import { type GpuTensor, Memory } from './memory.ts'
import { ModelProduct } from './modelProduct.ts'
import { Network } from './network.ts'
import { Pipelines } from './pipelines.ts'
import { PlaneFit } from './planeFit.ts'
import { float, Queue, unsigned } from './queue.ts'
import { Training } from './training.ts'
import { Transformer } from './transformer.ts'
import type { Variant, VariantChoice } from './variants.ts'
import { VocabularyLoss } from './vocabularyLoss.ts'

export interface WebGpuOptions {
  /** Runs the operations that have two variants as this one instead of as the faster one. */
  readonly variant?: Variant
  /** Multiply-adds that one submission may hold, instead of what was measured. */
  readonly workLimit?: number
}

export class WebGpuBackend implements Backend {
  readonly kind = 'webgpu'
  readonly adapter: string
  readonly software: boolean
  readonly lost: Promise<string>
  readonly maximumTensorBytes: number
  readonly memoryBytes = Number.POSITIVE_INFINITY
  /** A GPU has but one queue. */
  readonly spareThreads = 0
  private readonly context: Context
  private readonly product: MatrixProduct
  private readonly loss: LogitLoss
  private readonly line: GaussianFit
  private readonly plane: PlaneFit
  private readonly network: Network
  private readonly modelProducts: ModelProduct
  private readonly training: Training
  private readonly transformer: Transformer
  private readonly attention: Attention
  private readonly vocabulary: VocabularyLoss

  constructor(
    private readonly owner: Device,
    { variant, workLimit }: WebGpuOptions,
  ) {
    const clock = new Clock(owner)
    const queue = new Queue(owner, clock, workLimit)
    const memory = new Memory(owner, queue)
    const pipelines = new Pipelines(owner)
    this.context = { owner, clock, queue, memory, pipelines, forced: variant }
    this.adapter = owner.adapter
    this.software = owner.software
    this.lost = owner.lost
    this.maximumTensorBytes = memory.maximumBytes
    this.product = new MatrixProduct(this.context)
    this.loss = new LogitLoss(this.context)
    this.line = new GaussianFit(this.context)
    this.plane = new PlaneFit(this.context)
    this.network = new Network(this.context)
    this.modelProducts = new ModelProduct(this.context, this.product.variants)
    this.training = new Training(this.context)
    this.transformer = new Transformer(this.context)
    this.attention = new Attention(this.context)
    this.vocabulary = new VocabularyLoss(this.context, this.modelProducts)
  }

  get latency(): number {
    return this.owner.answers.latency
  }

  /** Which variant the operations that have two run as, why, and the measured rates. */
  variants(): { readonly matrixProduct: VariantChoice; readonly logitLoss: VariantChoice } {
    return { matrixProduct: this.product.variants.choice, logitLoss: this.loss.variants.choice }
  }

  /** Milliseconds that each kernel asked for so far took to compile, by its name, entry point and constants. */
  compileTimes(): Readonly<Record<string, number>> {
    return this.context.pipelines.compileTimes
  }

  createTensor(shape: readonly number[], kind: ElementKind = 'float32'): Tensor {
    return this.context.memory.tensor('createTensor', shape, kind)
  }

  upload(data: Float32Array | Uint32Array, shape: readonly number[]): Tensor {
    const kind = data instanceof Float32Array ? 'float32' : 'uint32'
    return this.context.memory.tensor('upload', shape, kind, data)
  }

  async read(tensor: Tensor): Promise<Float32Array | Uint32Array> {
    const { buffer, length, kind } = this.given('read').tensor('tensor', tensor, tensor.kind)
    const bytes = await this.context.memory.download(buffer, 4 * length)
    return kind === 'float32' ? new Float32Array(bytes) : new Uint32Array(bytes)
  }

  async finished(): Promise<void> {
    this.owner.check()
    await this.context.queue.submitted()
    await this.owner.answers.wait(this.owner.device.queue.onSubmittedWorkDone())
    this.owner.check()
  }

  timed(work: () => void): Promise<number> {
    const { clock, queue } = this.context
    return this.alone(() =>
      clock.time((times) => {
        for (let time = 0; time < times; time++) work()
        return queue.submitted()
      }),
    )
  }

  deviceTime(run: () => Promise<unknown>): Promise<number> {
    return this.alone(() => this.context.clock.during(run))
  }

  /** A measurement, after all that was queued before. */
  private async alone(measure: () => Promise<number>): Promise<number> {
    this.owner.check()
    await this.context.queue.submitted()
    return measure()
  }

  randomBits(output: Tensor, source: RandomSource, firstRow = 0): void {
    const given = this.given('randomBits')
    this.draw(given, 'randomBits', given.matrix('output', output, 'uint32'), source, firstRow)
  }

  randomNormal(output: Tensor, source: RandomSource, firstRow = 0): void {
    const given = this.given('randomNormal')
    this.draw(given, 'randomNormal', given.matrix('output', output), source, firstRow)
  }

  randomNormalRows(output: Tensor, source: RandomSource, rows: Tensor): void {
    const given = this.given('randomNormalRows')
    const to = given.matrix('output', output)
    const list = given.tensor('rows', rows, 'uint32')
    given.shape('rows', list, [to.shape[0]], described('output', to))
    this.draw(given, 'randomNormal', to, source, 0, list)
  }

  /** One invocation for each 4 columns of a row. */
  private draw(
    given: Arguments,
    kernel: 'randomBits' | 'randomNormal',
    output: GpuTensor,
    source: RandomSource,
    firstRow: number,
    list?: GpuTensor,
  ): void {
    const [rows, columns] = output.shape
    const { stream, batch, seed } = given.source(source)
    given.unsigned('firstRow', firstRow)
    given.unsigned('the last row', firstRow + rows - 1)
    const entryPoint = `${columns % 4 === 0 ? 'aligned' : 'unaligned'}${list ? 'Rows' : ''}`
    const counters = rows * Math.ceil(columns / 4)
    this.context.queue.dispatch({
      kernel: this.context.pipelines.get(kernel, entryPoint),
      parameters: [rows, columns, firstRow, stream, batch, seed].map(unsigned),
      buffers: list ? [output.buffer, list.buffer] : [output.buffer],
      workgroups: Math.ceil(counters / 64),
      // a counter takes about as long as a hundred multiply-adds
      work: 100 * counters,
    })
  }

  weightedSum(output: Tensor, first: Tensor, firstScale: number, second: Tensor, secondScale: number): void {
    const given = this.given('weightedSum')
    const to = given.tensor('output', output)
    const a = given.tensor('first', first)
    const b = given.tensor('second', second)
    given.shape('first', a, to.shape, described('output', to))
    given.shape('second', b, to.shape, described('output', to))
    const vectors = Math.ceil(to.length / 4)
    const run = (entryPoint: string, scales: number[], tensors: GpuTensor[]) =>
      this.context.queue.dispatch({
        kernel: this.context.pipelines.get('weightedSum', entryPoint),
        parameters: [unsigned(vectors), ...scales.map(float)],
        buffers: tensors.map((tensor) => tensor.buffer),
        workgroups: Math.ceil(vectors / 64),
        work: 4 * vectors,
      })
    if (to === a && to === b) run('intoBoth', [firstScale, secondScale], [to])
    else if (to === a) run('intoFirst', [firstScale, secondScale], [to, b])
    else if (to === b) run('intoFirst', [secondScale, firstScale], [to, a])
    else run('separate', [firstScale, secondScale], [to, b, a])
  }

  layerNorm(output: Tensor, input: Tensor): void {
    this.transformer.layerNorm(output, input)
  }

  matrixProduct(output: Tensor, left: Tensor, right: Tensor): void {
    this.product.run(output, left, right)
  }

  createLogitLossState(
    tokens: number,
    scaleCount: number,
    histogramBins: number,
    landscapeBins: number,
  ): LogitLossState {
    return this.loss.createState(tokens, scaleCount, histogramBins, landscapeBins)
  }

  logitLoss(parameters: LogitLossArguments): void {
    this.loss.run(parameters)
  }

  readLogitLoss(state: LogitLossState): Promise<LogitLossResult> {
    return this.loss.read(state)
  }

  createFitTarget(components: readonly MixtureComponent[]): FitTarget {
    return this.line.createTarget(components)
  }

  gaussianFit(parameters: GaussianFitArguments): void {
    this.line.run(parameters)
  }

  createPlaneTarget(components: readonly PlaneComponent[]): FitTarget {
    return this.plane.createTarget(components)
  }

  planeFit(parameters: GaussianFitArguments): void {
    this.plane.run(parameters)
  }

  gatherImages(groups: number, output: Matrices, images: Tensor, indices: Tensor): void {
    this.network.gatherImages(groups, output, images, indices)
  }

  sampleLatent(parameters: LatentArguments): void {
    this.network.sampleLatent(parameters)
  }

  sampleLatentGradient(parameters: LatentGradientArguments): void {
    this.network.sampleLatentGradient(parameters)
  }

  crossEntropy(parameters: CrossEntropyArguments): void {
    this.network.crossEntropy(parameters)
  }

  addSoftmax(models: number, probabilities: Matrices, logits: Matrices): void {
    this.network.addSoftmax(models, probabilities, logits)
  }

  countErrors(models: number, errors: Tensor, scores: Matrices, labels: Matrices): void {
    this.network.countErrors(models, errors, scores, labels)
  }

  modelProduct(parameters: ModelProductArguments): void {
    this.modelProducts.run(parameters)
  }

  columnSums(models: number, output: Matrices, input: Matrices): void {
    this.training.columnSums(models, output, input)
  }

  markFinite(models: number, alive: Tensor, values: Matrices): void {
    this.training.markFinite(models, alive, values)
  }

  adam(parameters: AdamArguments): void {
    this.training.adam(parameters)
  }

  runningAverage(parameters: RunningAverageArguments): void {
    this.training.runningAverage(parameters)
  }

  gatherRows(parameters: GatherRowsArguments): void {
    this.transformer.gatherRows(parameters)
  }

  scatterAddRows(parameters: ScatterAddRowsArguments): void {
    this.transformer.scatterAddRows(parameters)
  }

  layerNormGradient(output: Tensor, input: Tensor, gradient: Tensor): void {
    this.transformer.layerNormGradient(output, input, gradient)
  }

  gelu(output: Tensor, input: Tensor): void {
    this.transformer.gelu(output, input)
  }

  geluGradient(output: Tensor, input: Tensor, gradient: Tensor): void {
    this.transformer.geluGradient(output, input, gradient)
  }

  causalAttention(parameters: AttentionArguments): void {
    this.attention.run(parameters)
  }

  causalAttentionGradient(parameters: AttentionGradientArguments): void {
    this.attention.runGradient(parameters)
  }

  vocabularyLoss(parameters: VocabularyLossArguments): void {
    this.vocabulary.run(parameters)
  }

  vocabularyLossGradient(parameters: VocabularyLossGradientArguments): void {
    this.vocabulary.runGradient(parameters)
  }

  rowNorms(models: number, output: Matrices, input: Matrices): void {
    this.transformer.rowNorms(models, output, input)
  }

  clipNorm(models: number, values: Matrices, norms: Tensor, limit: number): void {
    this.transformer.clipNorm(models, values, norms, limit)
  }

  private given(operation: string): Arguments {
    return new Arguments(operation, this.context.memory)
  }

  dispose(): void {
    this.owner.dispose()
  }
}
