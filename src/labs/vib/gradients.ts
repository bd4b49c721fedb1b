/**
 * The loss E[−log q(y|z)] + β · KL(p(z|x) ‖ N(0, I)), means over the batch, and its gradient with respect to every
 * parameter, written out layer by layer.
 */
import type { Backend, Tensor } from '../../compute/backend.ts'
import type { Matrices } from '../../compute/matrices.ts'
import { biasesOf, classes, type Layer, type Layout, type ParameterRows, weightsOf } from './layout.ts'
import { Model, type Pass } from './model.ts'

export interface TrainingPass extends Pass {
  /** uint32 [1, rows] */
  readonly labels: Matrices
  /** [rows, K] standard normals: one sample of z for each image. */
  readonly noise: Matrices
}

export class DifferentiableModel extends Model {
  /** [models, rows, width]: gradients with respect to the hidden activations, before their ReLU. */
  private readonly encoderGradients: readonly Tensor[]
  private readonly decoderGradients: readonly Tensor[]
  private readonly encodedGradient: Tensor
  private readonly latentGradient: Tensor
  /** [models, rows, 10] */
  readonly logitsGradient: Tensor

  constructor(backend: Backend, layout: Layout, models: number, rows: number) {
    super(backend, layout, models, rows)
    const like = ({ shape }: Tensor) => this.own.create(shape)
    this.encoderGradients = this.encoderHidden.map(like)
    this.decoderGradients = this.decoderHidden.map(like)
    this.encodedGradient = like(this.encoded)
    this.latentGradient = like(this.latent)
    this.logitsGradient = like(this.logits)
  }

  /** Losses and rates of the batch, and the gradient of the mean cross-entropy with respect to the logits. */
  forward(pass: TrainingPass): void {
    const { models, rows, labels, noise } = pass
    this.encode(pass)
    this.sample(pass, noise)
    this.decode(pass)
    this.backend.crossEntropy({
      models,
      logits: this.logitsOf(pass),
      labels,
      losses: this.perRow(this.losses, pass),
      gradient: { tensor: this.logitsGradient, rows, columns: classes },
    })
  }

  /**
   * After `forward`: the gradient of β · mean rate, plus that of the loss from which `logitsGradient` was taken.
   * @param betas float32 [models]
   */
  backward(
    pass: TrainingPass,
    gradients: ParameterRows,
    betas: Tensor,
    logitsGradient = this.logitsGradient,
  ) {
    const { models, rows, noise } = pass
    const { latentDimensions } = this.layout
    const latentGradient = { tensor: this.latentGradient, rows, columns: latentDimensions }
    const encodedGradient = { tensor: this.encodedGradient, rows, columns: 2 * latentDimensions }
    this.back(this.layout.decoder, pass, gradients, {
      input: this.latentOf(pass),
      hidden: this.decoderHidden,
      hiddenGradients: this.decoderGradients,
      outputGradient: { tensor: logitsGradient, rows, columns: classes },
      inputGradient: latentGradient,
    })
    this.backend.sampleLatentGradient({
      models,
      encoded: this.encodedOf(pass),
      noise,
      latentGradient,
      betas,
      output: encodedGradient,
    })
    this.back(this.layout.encoder, pass, gradients, {
      input: pass.input,
      hidden: this.encoderHidden,
      hiddenGradients: this.encoderGradients,
      outputGradient: encodedGradient,
    })
  }

  /** Backward through the layers: dW = inputᵀ · d, db = column sums of d, then d · Wᵀ through the ReLU before. */
  private back(
    layers: readonly Layer[],
    { models, rows, parameters }: Pass,
    gradients: ParameterRows,
    sides: {
      input: Matrices
      hidden: readonly Tensor[]
      hiddenGradients: readonly Tensor[]
      outputGradient: Matrices
      inputGradient?: Matrices
    },
  ): void {
    const { backend, layout } = this
    let right = sides.outputGradient
    for (let index = layers.length - 1; index >= 0; index--) {
      const layer = layers[index]
      const hidden = (tensors: readonly Tensor[]) => ({
        tensor: tensors[index - 1],
        rows,
        columns: layer.inputs,
      })
      const left = index > 0 ? hidden(sides.hidden) : sides.input
      const output = weightsOf(layout, layer, gradients)
      backend.modelProduct({ models, output, left, transposeLeft: true, right })
      backend.columnSums(models, biasesOf(layout, layer, gradients), right)
      const before = index > 0 ? hidden(sides.hiddenGradients) : sides.inputGradient
      if (!before) return
      backend.modelProduct({
        models,
        output: before,
        left: right,
        right: weightsOf(layout, layer, parameters),
        transposeRight: true,
        gate: index > 0 ? left : undefined,
      })
      right = before
    }
  }
}
