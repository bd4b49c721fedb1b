/**
 * The operations that train small networks, many models side by side: every one has a leading model dimension, and
 * model m's result depends on no other model. Parameters of one model lie behind one another in one row of a tensor
 * [models, parameters], so that Adam and a check are one dispatch; layers are `Matrices` inside it.
 */
import type { Tensor } from './backend.ts'

/**
 * One matrix a model inside a tensor: entry (m, row, column) is element
 * offset + (m mod period) · stride + row · columns + column. A vector a model is a matrix of one row.
 */
export interface Matrices {
  readonly tensor: Tensor
  readonly offset?: number
  /** Elements from one model's matrix to the next one's. Default: rows · columns. */
  readonly stride?: number
  readonly rows: number
  readonly columns: number
  /** Models that share: with period 4, model 5 reads (never writes) the matrix of model 1. Default: none share. */
  readonly period?: number
}

export interface ModelProductArguments {
  readonly models: number
  /** [rows, columns] */
  readonly output: Matrices
  /** [rows, inner], or [inner, rows] where transposed. */
  readonly left: Matrices
  readonly transposeLeft?: boolean
  /** [inner, columns], or [columns, inner] where transposed. */
  readonly right: Matrices
  readonly transposeRight?: boolean
  /** [1, columns], added to every row. */
  readonly bias?: Matrices
  /** Negative entries become 0, after the bias. */
  readonly relu?: boolean
  /** [rows, columns]: an entry of the output is 0 where this is not above 0 (the gradient through a ReLU). */
  readonly gate?: Matrices
  /** The product is added to what `output` holds; not together with bias, ReLU or gate. */
  readonly accumulate?: boolean
}

export interface LatentArguments {
  readonly models: number
  /** [batch, 2 K]: μ, then ρ with σ = softplus(ρ − 5). */
  readonly encoded: Matrices
  /** [batch, K] standard normals. */
  readonly noise: Matrices
  /** Written: [batch, K], z = μ + σ · noise. */
  readonly latent: Matrices
  /** Written: [1, batch], KL(N(μ, diag σ²) ‖ N(0, I)) of each example, nats. */
  readonly rates: Matrices
}

export interface LatentGradientArguments {
  readonly models: number
  readonly encoded: Matrices
  readonly noise: Matrices
  /** [batch, K]: the loss' gradient with respect to z. */
  readonly latentGradient: Matrices
  /** float32 [models]: β of each; the rate's share of the loss is β · mean rate. */
  readonly betas: Tensor
  /** Written: [batch, 2 K], gradient of (what `latentGradient` is of) + β · mean over the batch of the rate. */
  readonly output: Matrices
}

export interface CrossEntropyArguments {
  readonly models: number
  /** [batch, classes] */
  readonly logits: Matrices
  /** uint32 [1, batch]; beyond the last class means the last one, here and in `countErrors`. */
  readonly labels: Matrices
  /** Written: [1, batch], −log softmax of the label, nats. */
  readonly losses: Matrices
  /** Written where given: [batch, classes], gradient of the mean over the batch. */
  readonly gradient?: Matrices
}

export interface AdamArguments {
  /** float32 [models, parameters], all four. */
  readonly parameters: Tensor
  readonly gradients: Tensor
  readonly firstMoments: Tensor
  readonly secondMoments: Tensor
  /** float32 [models]: models whose entry is 0 are left as they are. */
  readonly alive: Tensor
  readonly learningRate: number
  /** 1 for the first update: the bias correction's t. β₁ = 0.9, β₂ = 0.999, ε = 1e-8. */
  readonly step: number
}

export interface RunningAverageArguments {
  /** float32 [models, parameters], both. */
  readonly average: Tensor
  readonly parameters: Tensor
  /** float32 [models]: averages of models whose entry is 0 are left as they are. */
  readonly alive: Tensor
  /** Share of the average that stays, 0…1; the rest is the parameters'. */
  readonly kept: number
}

export interface NetworkOperations {
  /** output = op(left) · op(right) + bias, then ReLU or gate. */
  modelProduct(parameters: ModelProductArguments): void
  /** output [1, columns] = sums of input [rows, columns] over its rows: a bias' gradient. */
  columnSums(models: number, output: Matrices, input: Matrices): void
  /**
   * Pixels of chosen images as −1…1: output [batch, pixels] of `groups` groups, row i of group g is image
   * indices[g · batch + i]. images: uint32 [images, pixels / 4], four bytes a word, the first in the lowest byte;
   * pixels is a multiple of 4. indices: uint32 [groups · batch]; beyond the last image means the last one.
   */
  gatherImages(groups: number, output: Matrices, images: Tensor, indices: Tensor): void
  sampleLatent(parameters: LatentArguments): void
  sampleLatentGradient(parameters: LatentGradientArguments): void
  crossEntropy(parameters: CrossEntropyArguments): void
  /** probabilities [batch, classes] += softmax of logits [batch, classes]. */
  addSoftmax(models: number, probabilities: Matrices, logits: Matrices): void
  /** errors float32 [models] += rows of scores [batch, classes] whose largest entry (the first of equals) is not the label's. */
  countErrors(models: number, errors: Tensor, scores: Matrices, labels: Matrices): void
  /** alive[m] becomes 0 where model m's matrix in `values` holds anything not finite. */
  markFinite(models: number, alive: Tensor, values: Matrices): void
  adam(parameters: AdamArguments): void
  /** average ← average · kept + parameters · (1 − kept). */
  runningAverage(parameters: RunningAverageArguments): void
}
