/** The VIB lab's experiment: loads the images, then trains models on them side by side. */
import type { Backend } from '../../compute/backend.ts'
import type { LoadProgress } from '../../data/download.ts'
import { loadTraining, loadValidation } from '../../data/mnist.ts'
import { trainingPool } from '../../data/order.ts'
import { LoadedExperiment, type SavedExperiment } from '../common/loadedExperiment.ts'
import type { ExperimentModule, FrameContent, Metrics } from '../experiment.ts'
import type { Loading, VibFrame } from './frame.ts'
import { createHotLoop } from './hotLoop.ts'
import { type ImageSet, imageSet } from './images.ts'
import { layoutOf, trainingOperations } from './layout.ts'
import { betasOf, deciding, parameters, shownModel, typed, type VibValues } from './parameters.ts'
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
  }

  get state(): Loading {
    const [training, validation] = this.progress
    const share = (training.loaded + validation.loaded) / (training.total + validation.total)
    return { share, trainingImages: this.pool }
  }
}

class VibExperiment extends LoadedExperiment<VibValues, readonly [ImageSet, ImageSet], Run> {
  protected typed = typed

  constructor(
    private readonly backend: Backend,
    values: VibValues,
    saved?: SavedExperiment,
    private readonly arriving = new Arrival(values),
  ) {
    super(values, arriving.images, saved)
  }

  protected begin(images: readonly [ImageSet, ImageSet]): Promise<Run> {
    return Run.create(this.backend, this.values, ...images)
  }

  get ready(): boolean {
    return this.run !== undefined
  }

  get progress(): number {
    return this.run ? 1 : this.arriving.state.share
  }

  get lastStep(): number {
    const { epochs, trainSize, batchSize } = this.values
    return (this.run?.betaSince ?? 0) + epochs * Math.floor(trainSize / batchSize)
  }

  async frame(): Promise<FrameContent<VibFrame>> {
    // arrays that the next frame needs are copied, not transferred
    if (this.run) return { metrics: this.run.metrics(), data: this.run.frame(), transfer: [] }
    const data: VibFrame = {
      loading: this.arriving.state,
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
}

export const experimentModule: ExperimentModule = {
  parameters,
  createExperiment: async (backend, values) => new VibExperiment(backend, typed(values)),
  restoreExperiment: async (backend, values, saved) =>
    new VibExperiment(backend, typed(values), saved as SavedExperiment),
  deciding,
  // the page stays responsive on any backend; a slow one takes longer
  calibratedDefaults: async () => ({}),
  createHotLoop,
  stepOperations(parameterValues) {
    const values = typed(parameterValues)
    return betasOf(values).length * trainingOperations(layoutOf(values), values.batchSize)
  },
}
