/**
 * The network of many models side by side: a stochastic encoder p(z|x) = N(μ(x), diag σ²(x)) and a decoder q(y|z). One
 * object holds the activations for `models` models and `rows` rows (images) each; a pass may use fewer of both.
 */
import type { Backend, Tensor } from '../../compute/backend.ts'
import type { Matrices } from '../../compute/matrices.ts'
import { OwnTensors } from '../common/ownTensors.ts'
import { biasesOf, classes, type Layer, type Layout, type ParameterRows, weightsOf } from './layout.ts'

/** A pass through the models of these parameter rows. */
export interface Pass {
  readonly models: number
  /** Images of each model. */
  readonly rows: number
  readonly parameters: ParameterRows
  /** [rows, pixels] */
  readonly input: Matrices
}

export class Model {
  /** [models, rows, width] of each hidden layer. */
  readonly encoderHidden: readonly Tensor[]
  readonly decoderHidden: readonly Tensor[]
  /** [models, rows, 2 K]: μ, then ρ. */
  readonly encoded: Tensor
  /** [models, rows, K] */
  readonly latent: Tensor
  /** [models, rows, 10] */
  readonly logits: Tensor
  /** [models, rows]: rates and cross-entropies of the last pass. */
  readonly rates: Tensor
  readonly losses: Tensor
  protected readonly own: OwnTensors

  constructor(
    protected readonly backend: Backend,
    readonly layout: Layout,
    readonly models: number,
    readonly rows: number,
  ) {
    const own = new OwnTensors(backend)
    this.own = own
    const activations = ({ outputs }: Layer) => own.create([models, rows, outputs])
    this.encoderHidden = layout.encoder.slice(0, -1).map(activations)
    this.decoderHidden = layout.decoder.slice(0, -1).map(activations)
    this.encoded = own.create([models, rows, 2 * layout.latentDimensions])
    this.latent = own.create([models, rows, layout.latentDimensions])
    this.logits = own.create([models, rows, classes])
    this.rates = own.create([models, rows])
    this.losses = own.create([models, rows])
  }

  /** Encodes images to μ and ρ, into `encoded`. */
  encode(pass: Pass): void {
    this.through(this.layout.encoder, this.encoderHidden, pass, pass.input, this.encodedOf(pass))
  }

  /** Samples z = μ + σ · noise into `latent`, and computes the rates. */
  sample({ models, rows }: Pass, noise: Matrices): void {
    this.backend.sampleLatent({
      models,
      encoded: this.encodedOf({ rows }),
      noise,
      latent: this.latentOf({ rows }),
      rates: this.perRow(this.rates, { rows }),
    })
  }

  /** Decodes z to logits. */
  decode(
    pass: Omit<Pass, 'input'>,
    latent: Matrices = this.latentOf(pass),
    logits: Matrices = this.logitsOf(pass),
  ): void {
    this.through(this.layout.decoder, this.decoderHidden, pass, latent, logits)
  }

  private through(
    layers: readonly Layer[],
    hidden: readonly Tensor[],
    { models, rows, parameters }: Omit<Pass, 'input'>,
    input: Matrices,
    output: Matrices,
  ): void {
    let left = input
    for (const [index, layer] of layers.entries()) {
      const last = index === layers.length - 1
      const to = last ? output : { tensor: hidden[index], rows, columns: layer.outputs }
      this.backend.modelProduct({
        models,
        output: to,
        left,
        right: weightsOf(this.layout, layer, parameters),
        bias: biasesOf(this.layout, layer, parameters),
        relu: !last,
      })
      left = to
    }
  }

  encodedOf({ rows }: Pick<Pass, 'rows'>): Matrices {
    return { tensor: this.encoded, rows, columns: 2 * this.layout.latentDimensions }
  }

  latentOf({ rows }: Pick<Pass, 'rows'>): Matrices {
    return { tensor: this.latent, rows, columns: this.layout.latentDimensions }
  }

  logitsOf({ rows }: Pick<Pass, 'rows'>): Matrices {
    return { tensor: this.logits, rows, columns: classes }
  }

  /** One number a row. */
  perRow(tensor: Tensor, { rows }: Pick<Pass, 'rows'>): Matrices {
    return { tensor, rows: 1, columns: rows }
  }

  dispose(): void {
    this.own.dispose()
  }
}
