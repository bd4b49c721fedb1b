/** What the VIB lab's experiment sends to its view. Rates, losses and distortions in nats; errors as shares 0…1. */

/** Images that are on their way: there is nothing else to show yet. */
export interface Loading {
  /** Share of what the first training steps need that has arrived, 0…1. */
  readonly share: number
  /** Training images that are waited for: all from which the run's are drawn. */
  readonly trainingImages: number
}

/** A window of the plane that is shown. */
export interface Domain {
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
}

/** What the decoder answers to every z of a grid. */
export interface DecisionRegions {
  readonly columns: number
  readonly rows: number
  /** The grid's cells fill it; row 0 lies at the smallest y. A cell's answer is that at its centre. */
  readonly domain: Domain
  /** [rows, columns]: the digit of the largest probability. */
  readonly digits: Uint8Array
  /** [rows, columns]: that probability. */
  readonly probabilities: Float32Array
}

/** One model's latent space: every validation image as a Gaussian N(μ, diag σ²). */
export interface LatentSpace {
  /** Index of the model, in the order of `ModelFigures.betas`. */
  readonly model: number
  /** That of the latest training step: it may be another than the run began with. */
  readonly beta: number
  /** Its training stopped at this step, because its loss was no longer finite; −1 where it goes on. */
  readonly stoppedAt: number
  /** K */
  readonly latentDimensions: number
  /** Columns of `means` and `samples`: 3 where K = 3, else 2. */
  readonly dimensions: 2 | 3
  /** What the columns are: `z`, or the two principal components of μ where K is above 3. */
  readonly projection: 'none' | 'principalComponents'
  /** Share of the variance of μ that the columns show; 1 without a projection. */
  readonly varianceShown: number
  /** [images, dimensions]: μ of every validation image. Finished in turns while training: see `current`. */
  readonly means: Float32Array
  /** [images, dimensions]: standard deviation of z along each column. */
  readonly deviations: Float32Array
  /** [images]: the digit predicted for z = μ. */
  readonly predictions: Uint8Array
  /** [images]: KL(p(z|x) ‖ N(0, I)). */
  readonly rates: Float32Array
  /** Share of the images whose entries are those of the current step; the others are a few steps older. */
  readonly current: number
  /** A few images, one of each digit before the second of any: those whose ellipses are shown. */
  readonly chosen: Uint32Array
  /** The validation image that goes through the diagram, and its covariance as in `covariances`. */
  readonly image: number
  readonly imageCovariance: Float32Array
  /** [chosen, 3]: covariance of z in the shown plane: of x, of both, of y (variances of x, y, z where three columns). */
  readonly covariances: Float32Array
  /** [samples, dimensions]: z drawn for `sampleImages`, one each. */
  readonly samples: Float32Array
  /** [samples]: the image that each sample was drawn for. */
  readonly sampleImages: Uint32Array
  /**
   * Of a window that is larger than `domain`, since axes of one scale show more than it. Of more dimensions than three:
   * where the plane through the mean of μ along the axes cuts the regions; none where K = 3.
   */
  readonly regions: DecisionRegions | undefined
  /** Of three models: the same of the window that holds all three. */
  readonly sharedRegions: DecisionRegions | undefined
  /** Share of the images that lie on what the decoder says of their own μ: all but those at borders where K = 2. */
  readonly regionAgreement: number | undefined
  /** Holds almost all of `means`, with room for the samples, and the prior's circle of radius 1. */
  readonly domain: Domain
}

/** One number a model, at one evaluation. */
export interface Evaluation {
  readonly step: number
  readonly epoch: number
  /** β that each model had been trained with. */
  readonly betas: readonly number[]
  /** Validation images it was taken on, evenly spaced: fewer than all while training goes on. */
  readonly images: number
  /** Predictions averaged over `evaluationSamples` samples of z. */
  readonly validationError: Float32Array
  /** The same of the model's own training images: the first that it drew, a fifth as many as `images`. */
  readonly trainError: Float32Array
  /** The first sample alone. */
  readonly validationErrorOneSample: Float32Array
  /** z = μ. */
  readonly validationErrorMean: Float32Array
  /** Mean KL(p(z|x) ‖ N(0, I)) on validation. */
  readonly rate: Float32Array
  /** Mean cross-entropy of single samples on validation. */
  readonly distortion: Float32Array
  /** Mean σ over dimensions and up to 1,000 of these images, evenly spaced. */
  readonly sigmaMean: Float32Array
  /** √ of the mean over dimensions of μ's variance over the same images. */
  readonly muSpread: Float32Array
}

/** Why fewer models than wanted train side by side. */
export interface Room {
  /** At most so many at a time. */
  readonly models: number
  /** Bytes of the largest tensor that all of them would take together, and of the largest that the backend permits. */
  readonly wantedBytes: number
  readonly permittedBytes: number
}

/** All models, ordered by β, then seed. */
export interface ModelFigures {
  /** As they are set now. */
  readonly betas: readonly number[]
  /** What the latest training step was done with: others where β was changed since. */
  readonly trainedBetas: readonly number[]
  /** Validation images there are. */
  readonly validationImages: number
  /** Which seed each model has, 0…seeds − 1. */
  readonly seeds: readonly number[]
  /** The step at which a model's loss was no longer finite, −1 for those that train on. */
  readonly stoppedAt: readonly number[]
  /** Present where they do not all fit side by side, and train in turns. */
  readonly room: Room | undefined
  /** Oldest first; thinned when there are many, first and latest included. */
  readonly evaluations: readonly Evaluation[]
}

/** The chosen model's losses on its training batches, and on validation. */
export interface LossCurves {
  readonly model: number
  /** Of each point, steps done before it; thinned when there are many. */
  readonly steps: Float32Array
  readonly task: Float32Array
  /** β · rate, with the β of that step. */
  readonly weightedRate: Float32Array
  readonly total: Float32Array
  /** Steps of the evaluations, and the distortion there. */
  readonly validationSteps: Float32Array
  readonly validation: Float32Array
}

/** One validation image on its way through z = μ + σ · v, in the first two dimensions of the latent space. */
export interface DiagramFigures {
  /** Index of the model. */
  readonly model: number
  /** Index of the validation image. */
  readonly image: number
  readonly label: number
  /** Pixels a side. */
  readonly side: number
  /** [side, side], 0…255, rows from the top. */
  readonly pixels: Uint8Array
  readonly mean: readonly [number, number]
  readonly sigma: readonly [number, number]
  /** [draws, 2] standard normals. */
  readonly noise: Float32Array
  /** [draws, 2] μ + σ · noise, as the backend computed it. */
  readonly latent: Float32Array
  /** Probabilities of the ten digits, averaged over the draws. */
  readonly probabilities: Float32Array
}

/** Euclidean norms of gradients of the chosen model on the current batch, each by a backward pass of its own. */
export interface GradientNorms {
  /** Index of the model, and the β that its rate was weighed with. */
  readonly model: number
  readonly beta: number
  /** Steps done when they were taken. */
  readonly step: number
  /** Of the mean cross-entropy. */
  readonly encoderTask: number
  readonly decoderTask: number
  /** Of β · mean rate. */
  readonly encoderRate: number
  readonly decoderRate: number
}

export interface VibFrame {
  /** Present until the images that training begins with are there; then everything below is. */
  readonly loading: Loading | undefined
  readonly models: ModelFigures | undefined
  /** The model chosen for what shows one model only. */
  readonly shownModel: number
  /** Share of the validation images that were encoded for the first latent spaces; 1 once these are there. */
  readonly encoded: number
  /** The shown model's, or those of all three in mode `three`. */
  readonly spaces: readonly LatentSpace[]
  /** [images]: the true digits of the validation images. */
  readonly labels: Uint8Array
  readonly curves: LossCurves | undefined
  readonly diagram: DiagramFigures | undefined
  readonly gradients: GradientNorms | undefined
}
