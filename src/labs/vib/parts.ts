/** How a run's models are divided: as many side by side as the backend has room for. */
import type { Backend } from '../../compute/backend.ts'
import { Evaluator, type Results } from './evaluation.ts'
import type { ImageSet } from './images.ts'
import type { Layout } from './layout.ts'
import { betasOf, seedCount, type VibValues } from './parameters.ts'
import { Trainer } from './trainer.ts'

/** Some of the β with some of the seeds. */
export interface Share {
  readonly firstBeta: number
  readonly betas: number
  readonly firstSeed: number
  readonly seeds: number
}

/** Every β once, ascending, as the models are ordered. */
export function distinctBetas(values: VibValues): number[] {
  const seeds = seedCount(values)
  return betasOf(values).filter((_, model) => model % seeds === 0)
}

/**
 * Shares of which no tensor is larger than the backend permits. Throws a RangeError that names the limit where a
 * single model is too large.
 */
export function shares(
  backend: Pick<Backend, 'maximumTensorBytes'>,
  values: VibValues,
  layout: Layout,
): Share[] {
  const seeds = seedCount(values)
  const betas = distinctBetas(values).length
  const widest = Math.max(...[...layout.encoder, ...layout.decoder].map(({ outputs }) => outputs))
  const bytes = 4 * Math.max(layout.parameters, values.batchSize * widest)
  const fitting = Math.floor(backend.maximumTensorBytes / bytes)
  if (fitting < 1)
    throw new RangeError(
      `A model of ${layout.parameters.toLocaleString('en-US')} parameters takes tensors of ${bytes.toLocaleString('en-US')} bytes; this backend permits ${backend.maximumTensorBytes.toLocaleString('en-US')}. A smaller hiddenWidth or batchSize, or WebAssembly, has room.`,
    )
  const seedsEach = Math.min(seeds, fitting)
  const betasEach = Math.min(betas, Math.floor(fitting / seedsEach))
  const found: Share[] = []
  for (let firstSeed = 0; firstSeed < seeds; firstSeed += seedsEach)
    for (let firstBeta = 0; firstBeta < betas; firstBeta += betasEach)
      found.push({
        firstBeta,
        betas: Math.min(betasEach, betas - firstBeta),
        firstSeed,
        seeds: Math.min(seedsEach, seeds - firstSeed),
      })
  return found
}

/** Some of a run's models, trained and evaluated together. */
export class Part {
  /** Places of this part's models among the run's. */
  readonly models: readonly number[]

  private constructor(
    readonly share: Share,
    allSeeds: number,
    readonly trainer: Trainer,
    private readonly evaluator: Evaluator,
  ) {
    this.models = Array.from(
      { length: share.betas * share.seeds },
      (_, model) =>
        (share.firstBeta + Math.floor(model / share.seeds)) * allSeeds +
        share.firstSeed +
        (model % share.seeds),
    )
  }

  static async create(
    backend: Backend,
    values: VibValues,
    layout: Layout,
    share: Share,
    training: ImageSet,
    validation: ImageSet,
  ): Promise<Part> {
    const { firstBeta, firstSeed, seeds } = share
    const betas = distinctBetas(values).slice(firstBeta, firstBeta + share.betas)
    const trainer = await Trainer.create(backend, {
      values,
      layout,
      betas,
      firstSeed,
      seeds,
      images: training,
    })
    return new Part(share, seedCount(values), trainer, new Evaluator(backend, trainer, validation))
  }

  update(values: VibValues): void {
    const { firstBeta, betas } = this.share
    this.trainer.update(values.learningRate, distinctBetas(values).slice(firstBeta, firstBeta + betas))
  }

  evaluate(images: number, left: () => number): AsyncGenerator<number, Results> {
    return this.evaluator.evaluate(images, left)
  }

  dispose(): void {
    this.evaluator.dispose()
    this.trainer.dispose()
  }
}
