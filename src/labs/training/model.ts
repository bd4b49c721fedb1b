/**
 * Language models side by side. The embedding table of each is also its head. With the parts f₁, f₂, … (attention and
 * feed-forward in turn) and LN without gain and bias, the sums s₀, s₁, … are
 *
 *   s₀ = scale · E[word] + P[position]
 *   preNorm:  sₖ = sₖ₋₁ + fₖ(aₖ), aₖ = LN(sₖ₋₁)                         h = LN(s)
 *   postNorm: sₖ = aₖ + fₖ(aₖ),   aₖ = LN(sₖ₋₁) but a₁ = s₀              h = LN(LN(s))
 *   mlp:      s₁ = f(s₀), s₀ two words' embeddings side by side          h = LN(s₁)
 *
 * where s is the last sum (Vaswani et al. 2017 for postNorm, Radford et al. 2019 for preNorm). Logits are h · Eᵀ.
 *
 * Passes are generators: they queue operation after operation and yield the number of floating-point operations. So
 * a pass can be interrupted when the time is over.
 */
import type { Backend, Tensor } from '../../compute/backend.ts'
import type { Matrices } from '../../compute/matrices.ts'
import { OwnTensors } from '../common/ownTensors.ts'
import { headOperations, inside, type Layout, type Linear, linearsOf, type Part } from './layout.ts'

/** Yields the number of floating-point operations queued since the last yield. */
export type Queueing = Generator<number, void>

/** Words of a pass, sequence by sequence. */
export interface Words {
  /** uint32 [1, rows · inputWords]; if there are two words, the previous one comes first. */
  readonly inputs: Matrices
  /** uint32 [1, rows]: the words that follow. */
  readonly labels: Matrices
}

/** The tensors of a part's forward pass that its backward pass needs. */
export interface PartTensors {
  /** aₖ, if it is the output of an LN. */
  readonly normalised: Tensor | undefined
  /** Queries, keys and values [models · rows, 3 d], or the GELU's input [models · rows, 4 d]. */
  readonly inner: Tensor
  /** Attention's weighted means of the values [models · rows, d], or the GELU's output [models · rows, 4 d]. */
  readonly outer: Tensor
  /** Attention's probabilities: [models · sequences · heads · context, context]. */
  readonly probabilities: Tensor | undefined
}

export class LanguageModel {
  readonly rows: number
  /** [models · rows, d]: the state that the head reads. */
  readonly hidden: Tensor
  /** [models, rows], nats. */
  readonly losses: Tensor
  protected readonly logSumExps: Tensor
  /** s₀, s₁, …: [models · rows, d]; s₀ is twice as wide if there are two input words. */
  protected readonly sums: readonly Tensor[]
  protected readonly partTensors: readonly PartTensors[]
  /** LN of the last sum, if the head normalises it once more. */
  protected readonly lastNormalised: Tensor | undefined
  protected readonly own: OwnTensors

  constructor(
    protected readonly backend: Backend,
    readonly layout: Layout,
    readonly models: number,
    readonly sequences: number,
  ) {
    const { architecture, dModel, heads, context, inputWords, parts } = layout
    this.own = new OwnTensors(backend)
    this.rows = sequences * context
    const probabilities = [models * sequences * heads * context, context]
    this.sums = [this.activations(inputWords * dModel), ...parts.map(() => this.activations(dModel))]
    this.partTensors = parts.map((part, index) => ({
      normalised: normalises(layout, index) ? this.activations(dModel) : undefined,
      inner: this.activations(linearsOf(part)[0].weights.columns),
      outer: this.activations(linearsOf(part)[1].weights.rows),
      probabilities: part.kind === 'attention' ? this.own.create(probabilities) : undefined,
    }))
    this.lastNormalised = architecture === 'postNorm' ? this.activations(dModel) : undefined
    this.hidden = this.activations(dModel)
    this.losses = this.own.create([models, this.rows])
    this.logSumExps = this.own.create([models, this.rows])
  }

  /** A new tensor [models · rows, columns]. */
  protected activations(columns: number): Tensor {
    return this.own.create([this.models * this.rows, columns])
  }

  /** A tensor of activations as one matrix for each model. */
  matrices(tensor: Tensor): Matrices {
    return { tensor, rows: this.rows, columns: tensor.shape[1] }
  }

  /** A tensor with one number for each word, as one row for each model. */
  protected perRow(tensor: Tensor): Matrices {
    return { tensor, rows: 1, columns: this.rows }
  }

  /** Computes `hidden` from the words, with the parameters [models, layout.parameters]. */
  *encode(parameters: Tensor, { inputs }: Pick<Words, 'inputs'>): Queueing {
    const { backend, layout, models, sums, rows } = this
    const { architecture, dModel, inputWords, parts, embedding, positions, embeddingScale } = layout
    backend.gatherRows({
      models,
      output: { tensor: sums[0], rows: rows * inputWords, columns: dModel },
      table: inside(layout, parameters, embedding),
      indices: inputs,
      scale: embeddingScale,
      positions: positions && inside(layout, parameters, positions),
    })
    for (const [index, part] of parts.entries()) {
      const before = this.partInput(index)
      const next = sums[index + 1]
      if (before !== sums[index]) backend.layerNorm(before, sums[index])
      yield* this.through(index, part, parameters, before, next)
      if (architecture === 'preNorm') backend.weightedSum(next, sums[index], 1, next, 1)
      if (architecture === 'postNorm') backend.weightedSum(next, before, 1, next, 1)
    }
    const end = sums[parts.length]
    if (this.lastNormalised) backend.layerNorm(this.lastNormalised, end)
    backend.layerNorm(this.hidden, this.lastNormalised ?? end)
  }

  /** aₖ, the input of a part. */
  protected partInput(index: number): Tensor {
    return this.partTensors[index].normalised ?? this.sums[index]
  }

  private *through(index: number, part: Part, parameters: Tensor, input: Tensor, output: Tensor): Queueing {
    const { inner, outer, probabilities } = this.partTensors[index]
    const [first, second] = linearsOf(part)
    yield this.linear(first, parameters, input, inner)
    if (probabilities) {
      this.backend.causalAttention({
        ...this.attentionShape(inner, probabilities),
        output: this.matrices(outer),
      })
      yield this.attentionOperations
    } else this.backend.gelu(outer, inner)
    yield this.linear(second, parameters, outer, output)
  }

  protected attentionShape(projected: Tensor, probabilities: Tensor) {
    const { models, sequences, layout } = this
    const { heads, context } = layout
    return {
      models,
      sequences,
      heads,
      projected: this.matrices(projected),
      probabilities: { tensor: probabilities, rows: sequences * heads * context, columns: context },
    }
  }

  /** Floating-point operations of attention's two products, forward. */
  protected get attentionOperations(): number {
    return 2 * this.models * this.rows * (this.layout.context + 1) * this.layout.dModel
  }

  /** Queues output = input · weights + biases; returns the number of its operations. */
  private linear({ weights, biases }: Linear, parameters: Tensor, input: Tensor, output: Tensor): number {
    const { models, layout, rows } = this
    this.backend.modelProduct({
      models,
      output: this.matrices(output),
      left: this.matrices(input),
      right: inside(layout, parameters, weights),
      bias: inside(layout, parameters, biases),
    })
    return 2 * models * rows * weights.rows * weights.columns
  }

  /** Computes `losses` from the words. */
  *forward(parameters: Tensor, words: Words): Queueing {
    const { backend, layout, models } = this
    yield* this.encode(parameters, words)
    backend.vocabularyLoss({
      models,
      hidden: this.matrices(this.hidden),
      table: inside(layout, parameters, layout.embedding),
      labels: words.labels,
      logSumExps: this.perRow(this.logSumExps),
      losses: this.perRow(this.losses),
    })
    yield models * headOperations(layout, this.rows)
  }

  dispose(): void {
    this.own.dispose()
  }
}

/** Whether a part's input is an LN of the sum before it; otherwise it is that sum itself. */
function normalises({ architecture }: Layout, index: number): boolean {
  return architecture === 'preNorm' || (architecture === 'postNorm' && index > 0)
}
