/** The gradient of the mean loss with respect to every parameter, written out part by part. */
import type { Backend, Tensor } from '../../compute/backend.ts'
import {
  type AttentionPart,
  type FeedForwardPart,
  headOperations,
  inside,
  type Layout,
  type Linear,
} from './layout.ts'
import { LanguageModel, type Queueing, type Words } from './model.ts'

/** Gradients with respect to the intermediate results of attention. */
interface AttentionGradients {
  /** [models · rows, d] */
  readonly attended: Tensor
  /** [models · rows, 3 d] */
  readonly projected: Tensor
  readonly scores: Tensor
}

export class DifferentiableModel extends LanguageModel {
  /** Gradient with respect to the sum that the backward pass has reached: [models · rows, d]. */
  private readonly sumGradient: Tensor
  /** Gradient with respect to a part's input: [models · rows, d], or twice as wide for two words. */
  private readonly inputGradient: Tensor
  /** Gradient with respect to a GELU's output, then to its input: [models · rows, 4 d]. */
  private readonly geluGradient: Tensor
  private readonly attentionGradients: AttentionGradients | undefined

  constructor(backend: Backend, layout: Layout, models: number, sequences: number) {
    super(backend, layout, models, sequences)
    const { dModel, inputWords } = layout
    this.sumGradient = this.activations(dModel)
    this.inputGradient = this.activations(inputWords * dModel)
    this.geluGradient = this.activations(4 * dModel)
    const scores = this.partTensors.find(({ probabilities }) => probabilities)?.probabilities
    this.attentionGradients = scores && {
      attended: this.activations(dModel),
      projected: this.activations(3 * dModel),
      scores: this.own.create(scores.shape),
    }
  }

  /** Writes the gradient of each model's mean loss into `gradients`, after `forward` with the same arguments. */
  *backward(parameters: Tensor, words: Words, gradients: Tensor): Queueing {
    const { backend, layout, models, rows, sumGradient } = this
    const { dModel, embedding, positions, inputWords, parts } = layout
    backend.vocabularyLossGradient({
      models,
      hidden: this.matrices(this.hidden),
      table: inside(layout, parameters, embedding),
      labels: words.labels,
      logSumExps: this.perRow(this.logSumExps),
      hiddenGradient: this.matrices(sumGradient),
      tableGradient: inside(layout, gradients, embedding),
    })
    yield 3 * models * headOperations(layout, rows)
    const end = this.sums[parts.length]
    if (this.lastNormalised) backend.layerNormGradient(sumGradient, this.lastNormalised, sumGradient)
    backend.layerNormGradient(sumGradient, end, sumGradient)
    for (let index = parts.length - 1; index >= 0; index--) {
      const part = parts[index]
      if (part.kind === 'attention') yield* this.throughAttention(index, part, parameters, gradients)
      else yield* this.throughFeedForward(index, part, parameters, gradients)
      this.intoSum(index)
    }
    const input = layout.architecture === 'mlp' ? this.inputGradient : sumGradient
    // the table is used twice: its gradient as the head is written already, and its gradient as the input is added
    backend.scatterAddRows({
      models,
      output: inside(layout, gradients, embedding),
      input: { tensor: input, rows: rows * inputWords, columns: dModel },
      indices: words.inputs,
      scale: layout.embeddingScale,
    })
    if (positions) {
      const columns = layout.context * dModel
      const output = { ...inside(layout, gradients, positions), rows: 1, columns }
      backend.columnSums(models, output, { tensor: input, rows: this.sequences, columns })
    }
  }

  /** Turns the gradients with respect to sₖ (`sumGradient`) and aₖ (`inputGradient`) into the one for sₖ₋₁. */
  private intoSum(index: number): void {
    const { backend, sumGradient, inputGradient, sums } = this
    const { architecture } = this.layout
    if (architecture === 'mlp') return
    const normalised = this.partInput(index) !== sums[index]
    if (architecture === 'preNorm') {
      backend.layerNormGradient(inputGradient, sums[index], inputGradient)
      backend.weightedSum(sumGradient, sumGradient, 1, inputGradient, 1)
    } else {
      backend.weightedSum(sumGradient, sumGradient, 1, inputGradient, 1)
      if (normalised) backend.layerNormGradient(sumGradient, sums[index], sumGradient)
    }
  }

  /** Computes the gradients of the part's parameters, and `inputGradient`, from `sumGradient`. */
  private *throughFeedForward(
    index: number,
    { up, down }: FeedForwardPart,
    parameters: Tensor,
    gradients: Tensor,
  ): Queueing {
    const { backend, geluGradient } = this
    const { inner, outer } = this.partTensors[index]
    yield* this.throughLinear(down, parameters, gradients, outer, this.sumGradient, geluGradient)
    backend.geluGradient(geluGradient, inner, geluGradient)
    const input = this.partInput(index)
    yield* this.throughLinear(up, parameters, gradients, input, geluGradient, this.inputGradient)
  }

  private *throughAttention(
    index: number,
    { project, output }: AttentionPart,
    parameters: Tensor,
    gradients: Tensor,
  ): Queueing {
    const { inner, outer, probabilities } = this.partTensors[index]
    const { attended, projected, scores } = this.attentionGradients as AttentionGradients
    yield* this.throughLinear(output, parameters, gradients, outer, this.sumGradient, attended)
    const shape = this.attentionShape(inner, probabilities as Tensor)
    this.backend.causalAttentionGradient({
      ...shape,
      outputGradient: this.matrices(attended),
      scoreGradients: { ...shape.probabilities, tensor: scores },
      projectedGradient: this.matrices(projected),
    })
    yield 2 * this.attentionOperations
    const input = this.partInput(index)
    yield* this.throughLinear(project, parameters, gradients, input, projected, this.inputGradient)
  }

  /** Computes dW = inputᵀ · d, db = column sums of d, and d · Wᵀ, where d is `outputGradient`. */
  private *throughLinear(
    { weights, biases }: Linear,
    parameters: Tensor,
    gradients: Tensor,
    input: Tensor,
    outputGradient: Tensor,
    inputGradient: Tensor,
  ): Queueing {
    const { backend, layout, models, rows } = this
    const slopes = this.matrices(outputGradient)
    const operations = 2 * models * rows * weights.rows * weights.columns
    backend.modelProduct({
      models,
      output: inside(layout, gradients, weights),
      left: this.matrices(input),
      transposeLeft: true,
      right: slopes,
    })
    backend.columnSums(models, inside(layout, gradients, biases), slopes)
    yield operations
    backend.modelProduct({
      models,
      output: this.matrices(inputGradient),
      left: slopes,
      right: inside(layout, parameters, weights),
      transposeRight: true,
    })
    yield operations
  }
}
