/** The models that one thread trains, measures and lets write texts. */
import type { Backend } from '../../compute/backend.ts'
import type { CutText } from '../../data/text.ts'
import type { Saved } from '../common/savedTensors.ts'
import { Continuing } from './continuation.ts'
import { Measuring, type ModelMeasurement } from './measurement.ts'
import type { TrainingValues } from './parameters.ts'
import { Trainer } from './trainer.ts'
import type { Work } from './work.ts'

export class Part {
  readonly trainer: Trainer
  readonly measuring: Measuring
  readonly continuing: Continuing

  /** @param stds standard deviations of the models' embeddings */
  constructor(
    readonly backend: Backend,
    values: TrainingValues,
    text: CutText,
    stds: readonly number[],
  ) {
    this.trainer = new Trainer(backend, values, text, stds)
    this.measuring = new Measuring(backend, this.trainer, text)
    this.continuing = new Continuing(backend, this.trainer, text, values.seed)
  }

  /** Draws the parameters, and passes the first batch through. */
  async *begin(): Work {
    yield* this.trainer.begin()
  }

  /** One step with these live values. */
  async *advance(values: TrainingValues): Work {
    if (this.trainer.full) await this.trainer.readLosses()
    yield* this.trainer.advance(values)
  }

  measure(): Work<(ModelMeasurement | undefined)[]> {
    return this.measuring.measure()
  }

  write(): Work<string[]> {
    return this.continuing.write()
  }

  async save() {
    await this.trainer.readLosses()
    return this.trainer.save()
  }

  async restore(saved: Saved<Part>): Promise<void> {
    this.trainer.restore(saved)
  }

  dispose(): void {
    for (const each of [this.trainer, this.measuring, this.continuing]) each.dispose()
  }
}
