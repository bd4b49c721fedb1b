/** The VIB lab's experiment: loads the images, then trains models on them side by side. */
import type { Backend } from '../../compute/backend.ts'
import type { LoadProgress } from '../../data/download.ts'
import { loadTraining, loadValidation } from '../../data/mnist.ts'
import { trainingPool } from '../../data/order.ts'
import type { Experiment, ExperimentModule, FrameContent, Metrics, ParameterValues } from '../lab.ts'
import type { Loading, VibFrame } from './frame.ts'
import { createHotLoop } from './hotLoop.ts'
import { type ImageSet, imageSet } from './images.ts'
import { movesBeta, parameters, shownModel, typed, type VibValues } from './parameters.ts'
import { Run } from './run.ts'

/** The loading of the images. */
class Arrival {
  private readonly progress: [LoadProgress, LoadProgress] = [
    { loaded: 0, total: 1 },
    { loaded: 0, total: 1 },
  ]
  /** Training and validation images. */
  readonly images: Promise<readonly [ImageSet, ImageSet]>
  private readonly pool: number

  constructor({ trainSize, pixels }: VibValues) {
    this.pool = trainingPool(trainSize)
    const note = (index: 0 | 1) => (progress: LoadProgress) => {
      this.progress[index] = progress
    }
    const both = [loadTraining(this.pool, note(0)), loadValidation(note(1))]
    this.images = Promise.all(both).then(([training, validation]) => [
      imageSet(training, pixels),
      imageSet(validation, pixels),
    ])
    // `advance` throws the fault; it may not wait for the images yet
    this.images.catch(() => {})
  }

  get state(): Loading {
    const [training, validation] = this.progress
    const share = (training.loaded + validation.loaded) / (training.total + validation.total)
    return { share, trainingImages: this.pool }
  }
}

class VibExperiment implements Experiment {
  private readonly arrival: Arrival
  private run: Run | undefined
  private disposed = false
  /** The step at which β last changed: playing then goes on for as many epochs as at the start. */
  private betaSince = 0

  constructor(
    private readonly backend: Backend,
    private values: VibValues,
  ) {
    this.arrival = new Arrival(values)
  }

  get step(): number {
    return this.run?.step ?? 0
  }

  get begun(): number {
    return this.run?.begun ?? 0
  }

  get ready(): boolean {
    return this.run !== undefined
  }

  get progress(): number {
    return this.run ? 1 : this.arrival.state.share
  }

  get complete(): boolean {
    return this.run?.complete ?? false
  }

  get lastStep(): number {
    const { epochs, trainSize, batchSize } = this.values
    return this.betaSince + epochs * Math.floor(trainSize / batchSize)
  }

  async advance(steps: number, budget: number): Promise<void> {
    const begin = performance.now()
    const left = () => budget - (performance.now() - begin)
    if (!this.run) {
      const patience = new Promise<undefined>((resolve) => setTimeout(resolve, budget, undefined))
      const images = await Promise.race([this.arrival.images, patience])
      if (!images || this.disposed) return
      this.run = await Run.create(this.backend, this.values, ...images)
    }
    await this.run.advance(this.step + steps, left)
  }

  update(values: ParameterValues): void {
    const next = typed(values)
    if (movesBeta(this.values, next)) this.betaSince = this.step
    this.values = next
    this.run?.update(this.values)
  }

  async frame(): Promise<FrameContent<VibFrame>> {
    // arrays that the next frame needs are copied, not transferred
    if (this.run) return { metrics: this.run.metrics(), data: this.run.frame(), transfer: [] }
    const data: VibFrame = {
      loading: this.arrival.state,
      models: undefined,
      shownModel: shownModel(this.values),
      encoded: 0,
      spaces: [],
      labels: new Uint8Array(),
      curves: undefined,
      diagram: undefined,
      gradients: undefined,
    }
    return { metrics: {}, data, transfer: [] }
  }

  async metrics(): Promise<Metrics> {
    return this.run?.metrics() ?? {}
  }

  /** `validationImages`: [images, side, side], 0…255, with the run's number of pixels. */
  async request(name: string): Promise<Uint8Array> {
    if (name !== 'validationImages' || !this.run)
      throw new RangeError(`This run has no ${JSON.stringify(name)}.`)
    return this.run.pixels
  }

  dispose(): void {
    this.disposed = true
    this.run?.dispose()
  }
}

async function createExperiment(backend: Backend, values: ParameterValues): Promise<Experiment> {
  return new VibExperiment(backend, typed(values))
}

export const experimentModule: ExperimentModule = {
  parameters,
  createExperiment,
  // the page stays responsive on any backend; a slow one takes longer
  calibratedDefaults: async () => ({}),
  createHotLoop,
}
