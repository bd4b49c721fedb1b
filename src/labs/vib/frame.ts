/** The VIB lab's frame, from experiment to view. Rates, losses and distortions in nats; errors as shares 0…1. */

/** The progress of loading the images; there is nothing else to show yet. */
export interface Loading {
  /** Loaded share of the bytes that the first training steps need, 0…1. */
  readonly share: number
  /** Number of training images to load; the run's images are drawn from them. */
  readonly trainingImages: number
}

/** A window of the shown plane. */
export interface Domain {
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
}

/** The decoder's answer for every z of a grid. */
export interface DecisionRegions {
  readonly columns: number
  readonly rows: number
  /** The grid's cells fill this domain; row 0 has the smallest y. A cell has the answer at its centre. */
  readonly domain: Domain
  /** [rows, columns]: the most probable digit. */
  readonly digits: Uint8Array
  /** [rows, columns]: the probability of that digit. */
  readonly probabilities: Float32Array
}

/** One model's latent space: every validation image as a Gaussian N(μ, diag σ²). */
export interface LatentSpace {
  /** Index of the model, in the order of `ModelFigures.betas`. */
  readonly model: number
  /** β of the latest training step; it may differ from the run's first β. */
  readonly beta: number
  /** Step at which training stopped because the loss was no longer finite; −1 while it goes on. */
  readonly stoppedAt: number
  /** K */
  readonly latentDimensions: number
  /** Columns of `means` and `samples`: 3 where K = 3, else 2. */
  readonly dimensions: 2 | 3
  /** Meaning of the columns: entries of z, or the two principal components of μ where K is above 3. */
  readonly projection: 'none' | 'principalComponents'
  /** Share of the variance of μ that the columns show; 1 without a projection. */
  readonly varianceShown: number
  /** [images, dimensions]: μ of every validation image. During training some may be older: see `current`. */
  readonly means: Float32Array
  /** [images, dimensions]: standard deviation of z along each column. */
  readonly deviations: Float32Array
  /** [images]: the digit predicted for z = μ. */
  readonly predictions: Uint8Array
  /** [images]: KL(p(z|x) ‖ N(0, I)). */
  readonly rates: Float32Array
  /** Share of the images encoded at the current step; the others were encoded a few steps before. */
  readonly current: number
  /** Images with a drawn ellipse: one of each digit, then a second one of some digits. */
  readonly chosen: Uint32Array
  /** The validation image of the diagram, and its covariance as in `covariances`. */
  readonly image: number
  readonly imageCovariance: Float32Array
  /** [chosen, 3]: covariance of z in the shown plane, as xx, xy, yy; with three columns the variances xx, yy, zz. */
  readonly covariances: Float32Array
  /** [samples, dimensions]: one z drawn for each of `sampleImages`. */
  readonly samples: Float32Array
  /** [samples]: the image of each sample. */
  readonly sampleImages: Uint32Array
  /**
   * The decoder's regions in a window larger than `domain`, since axes of equal scale show more of the plane. With K
   * above 3 they are the regions on the plane through the mean of μ along the axes; none where K = 3.
   */
  readonly regions: DecisionRegions | undefined
  /** With three models: the regions in the window that holds all three domains. */
  readonly sharedRegions: DecisionRegions | undefined
  /** Share of the images drawn in the region of their own prediction. With K = 2 only images near borders are not. */
  readonly regionAgreement: number | undefined
  /** A window that holds almost all of `means`, with room for the samples, and the prior's circle of radius 1. */
  readonly domain: Domain
}

/** Results of one evaluation: one number a model. */
export interface Evaluation {
  readonly step: number
  readonly epoch: number
  /** β that each model was trained with. */
  readonly betas: readonly number[]
  /** Number of evaluated validation images, evenly spaced: fewer than all during training. */
  readonly images: number
  /** Error of predictions averaged over `evaluationSamples` samples of z. */
  readonly validationError: Float32Array
  /** The same on the model's own training images: the first that it drew, a fifth as many as `images`. */
  readonly trainError: Float32Array
  /** Error of the prediction from the first sample alone. */
  readonly validationErrorOneSample: Float32Array
  /** Error of the prediction from z = μ. */
  readonly validationErrorMean: Float32Array
  /** Mean KL(p(z|x) ‖ N(0, I)) on validation. */
  readonly rate: Float32Array
  /** Mean cross-entropy of single samples on validation. */
  readonly distortion: Float32Array
  /** Mean σ over the dimensions and up to 1,000 of these images, evenly spaced. */
  readonly sigmaMean: Float32Array
  /** √ of μ's variance over the same images, averaged over the dimensions. */
  readonly muSpread: Float32Array
}

/** Why fewer models than wanted train side by side. */
export interface Room {
  /** Largest number of models at a time. */
  readonly models: number
  /** Bytes of the largest tensor for all models together, and the largest size that the backend permits. */
  readonly wantedBytes: number
  readonly permittedBytes: number
}

/** All models, ordered by β, then seed. */
export interface ModelFigures {
  /** The β that are set now. */
  readonly betas: readonly number[]
  /** β of the latest training step; they differ where β was changed since. */
  readonly trainedBetas: readonly number[]
  /** Number of all validation images. */
  readonly validationImages: number
  /** Seed of each model, 0…seeds − 1. */
  readonly seeds: readonly number[]
  /** Step at which a model's loss was no longer finite; −1 for models that still train. */
  readonly stoppedAt: readonly number[]
  /** Step since which a model has been collapsed though its β is small again; −1 for all others. */
  readonly collapsedSince: readonly number[]
  /** Present where not all models fit side by side, so that they train in turns. */
  readonly room: Room | undefined
  /** Oldest first; thinned out when there are many, but with the first and the latest. */
  readonly evaluations: readonly Evaluation[]
}

/** Losses of the shown model on its training batches, and on validation. */
export interface LossCurves {
  readonly model: number
  /** Steps done before each point; points are thinned out when there are many. */
  readonly steps: Float32Array
  readonly task: Float32Array
  /** β · rate, with the β of that step. */
  readonly weightedRate: Float32Array
  readonly total: Float32Array
  /** Steps of the evaluations, and the distortions there. */
  readonly validationSteps: Float32Array
  readonly validation: Float32Array
}

/** One validation image on its path through z = μ + σ · v, in the first two dimensions of the latent space. */
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

/** Euclidean norms of the shown model's gradients on the current batch, each from its own backward pass. */
export interface GradientNorms {
  /** Index of the model, and β as the weight of its rate. */
  readonly model: number
  readonly beta: number
  /** Steps done before the measurement. */
  readonly step: number
  /** Norms of the gradient of the mean cross-entropy. */
  readonly encoderTask: number
  readonly decoderTask: number
  /** Norms of the gradient of β · mean rate. */
  readonly encoderRate: number
  readonly decoderRate: number
}

export interface VibFrame {
  /** Present until the images for the first steps are loaded; then all fields below are. */
  readonly loading: Loading | undefined
  readonly models: ModelFigures | undefined
  /** Index of the model in all panels that show one model only. */
  readonly shownModel: number
  /** Share of the validation images encoded for the first latent spaces; 1 once these exist. */
  readonly encoded: number
  /** Latent space of the shown model, or of all three in mode `three`. */
  readonly spaces: readonly LatentSpace[]
  /** [images]: the true digits of the validation images. */
  readonly labels: Uint8Array
  readonly curves: LossCurves | undefined
  readonly diagram: DiagramFigures | undefined
  readonly gradients: GradientNorms | undefined
}
