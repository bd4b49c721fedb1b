/** Divides a run's models: into groups that the backend has room for, and among the threads. */
import type { Backend, Tensor } from '../../compute/backend.ts'
import { count } from '../../count.ts'
import { coded } from '../../faults.ts'
import type { Saved } from '../common/savedTensors.ts'
import { Evaluator } from './evaluation.ts'
import type { Room } from './frame.ts'
import type { ImageSet } from './images.ts'
import { type Layout, layoutOf } from './layout.ts'
import { betasOf, seedCount, type VibValues } from './parameters.ts'
import type { Results } from './results.ts'
import { type LossHistory, Trainer } from './trainer.ts'

/** A group of models: some of the β with some of the seeds. */
export interface Share {
  readonly firstBeta: number
  readonly betas: number
  readonly firstSeed: number
  readonly seeds: number
}

/** Every β once, in ascending order. */
export function distinctBetas(values: VibValues): number[] {
  const seeds = seedCount(values)
  return betasOf(values).filter((_, model) => model % seeds === 0)
}

export interface Division {
  readonly shares: readonly Share[]
  /** Undefined where all wanted models train side by side. */
  readonly room: Room | undefined
}

/**
 * Divides the models into shares. No tensor of a share is larger than the backend permits. Every thread gets at least
 * one share if there are enough models. Throws a RangeError if a single model, or a thread's models, are too large.
 */
export function divide(
  backend: Pick<Backend, 'maximumTensorBytes' | 'memoryBytes'>,
  values: VibValues,
  layout: Layout,
  threads = 1,
): Division {
  const seeds = seedCount(values)
  const betas = distinctBetas(values).length
  const widest = Math.max(...[...layout.encoder, ...layout.decoder].map(({ outputs }) => outputs))
  const bytes = 4 * Math.max(layout.parameters, values.batchSize * widest)
  const permittedBytes = backend.maximumTensorBytes
  const fitting = Math.floor(permittedBytes / bytes)
  if (fitting < 1)
    throw coded(
      'tooLarge',
      new RangeError(
        `A model of ${count(layout.parameters)} parameters takes tensors of ${count(bytes)} bytes; this backend permits ${count(permittedBytes)}. A smaller hiddenWidth or batchSize, or WebAssembly, has room.`,
      ),
    )
  // seeds share no data; where they do not divide evenly among the threads, the β are divided
  const bySeeds = seeds % threads === 0
  const seedsWanted = bySeeds ? seeds / threads : seeds
  const betasWanted = bySeeds ? betas : Math.ceil(betas / threads)
  const seedsEach = Math.min(seedsWanted, fitting)
  const betasEach = Math.min(betasWanted, Math.floor(fitting / seedsEach))
  const wanted = seedsWanted * betasWanted
  // parameters, gradients, and Adam's two moments
  const kept = wanted * 4 * layout.parameters * (values.polyak > 0 ? 5 : 4)
  if (kept > backend.memoryBytes)
    throw coded(
      'tooLarge',
      new RangeError(
        `${wanted} models of ${count(layout.parameters)} parameters keep ${count(kept)} bytes; this backend has ${count(backend.memoryBytes)} on a thread. A smaller betaCount, seeds or hiddenWidth has room.`,
      ),
    )
  const shares: Share[] = []
  for (let firstSeed = 0; firstSeed < seeds; firstSeed += seedsEach)
    for (let firstBeta = 0; firstBeta < betas; firstBeta += betasEach)
      shares.push({
        firstBeta,
        betas: Math.min(betasEach, betas - firstBeta),
        firstSeed,
        seeds: Math.min(seedsEach, seeds - firstSeed),
      })
  const cut = wanted > fitting
  return {
    shares,
    room: cut ? { models: seedsEach * betasEach, wantedBytes: wanted * bytes, permittedBytes } : undefined,
  }
}

/** Indices of a share's models in the run. */
export function modelsOf({ firstBeta, betas, firstSeed, seeds }: Share, allSeeds: number): number[] {
  return Array.from(
    { length: betas * seeds },
    (_, model) => (firstBeta + Math.floor(model / seeds)) * allSeeds + firstSeed + (model % seeds),
  )
}

function betasOfShare(values: VibValues, { firstBeta, betas }: Share): number[] {
  return distinctBetas(values).slice(firstBeta, firstBeta + betas)
}

/** Creates the trainer of a share's models, at step 0. */
export function createTrainer(
  backend: Backend,
  values: VibValues,
  share: Share,
  images: ImageSet,
): Promise<Trainer> {
  const { firstSeed, seeds } = share
  const betas = betasOfShare(values, share)
  return Trainer.create(backend, { values, layout: layoutOf(values), betas, firstSeed, seeds, images })
}

/** The arguments for a part. */
export interface PartSetting {
  readonly values: VibValues
  readonly share: Share
  readonly training: ImageSet
  readonly validation: ImageSet
}

/** A share of a run's models, trained and evaluated together, on this thread or on another. */
export interface Part {
  /** Indices of this part's models in the run. */
  readonly models: readonly number[]
  readonly share: Share
  /** For each model, steps done when its loss or gradient was no longer finite; −1 for models that still train. */
  readonly stoppedAt: Int32Array
  /** Queues so many steps, at most `historySteps`; resolves with their losses when they are done. */
  train(steps: number): Promise<LossHistory>
  update(values: VibValues): void
  /** As `Evaluator.evaluate`. */
  evaluate(images: number, left: () => number): AsyncGenerator<number, Results>
  /** Copies the parameters of the part's model at this place into a tensor [1, parameters] of the run's backend. */
  copyParameters(place: number, row: Tensor): Promise<void>
  /** All losses must have arrived. */
  save(): Promise<Saved<Trainer>>
  restore(saved: Saved<Trainer>): Promise<void>
  dispose(): void
}

/** A part on the run's own backend. */
export class LocalPart implements Part {
  readonly models: readonly number[]

  private constructor(
    readonly share: Share,
    allSeeds: number,
    private readonly trainer: Trainer,
    private readonly evaluator: Evaluator,
  ) {
    this.models = modelsOf(share, allSeeds)
  }

  static async create(backend: Backend, setting: PartSetting): Promise<LocalPart> {
    const { values, share, training, validation } = setting
    const trainer = await createTrainer(backend, values, share, training)
    try {
      const evaluator = new Evaluator(backend, trainer, validation)
      return new LocalPart(share, seedCount(values), trainer, evaluator)
    } catch (fault) {
      trainer.dispose()
      throw fault
    }
  }

  get stoppedAt(): Int32Array {
    return this.trainer.stoppedAt
  }

  train(steps: number): Promise<LossHistory> {
    for (let step = 0; step < steps; step++) this.trainer.queueStep()
    return this.trainer.readLosses()
  }

  update(values: VibValues): void {
    this.trainer.update(values.learningRate, betasOfShare(values, this.share))
  }

  evaluate(images: number, left: () => number): AsyncGenerator<number, Results> {
    return this.evaluator.evaluate(images, left)
  }

  async copyParameters(place: number, row: Tensor): Promise<void> {
    this.trainer.copyParameters(place, row)
  }

  save(): Promise<Saved<Trainer>> {
    return this.trainer.save()
  }

  async restore(saved: Saved<Trainer>): Promise<void> {
    this.trainer.restore(saved)
  }

  dispose(): void {
    this.evaluator.dispose()
    this.trainer.dispose()
  }
}
