/** Keeps what is shown of single models up to date: latent spaces, the diagram's image, gradients. */
import type { Backend } from '../../compute/backend.ts'
import { agreement } from './decisionGrid.ts'
import { ImageOrder, noiseRows, seedOf } from './draws.ts'
import type { DiagramFigures, GradientNorms, LatentSpace } from './frame.ts'
import type { ImageSet } from './images.ts'
import type { FlatSpace, LatentPicture } from './latentPicture.ts'
import type { Layout } from './layout.ts'
import { betasOf, seedCount, shownModel, type VibValues } from './parameters.ts'
import type { Part } from './parts.ts'
import { ShownModels } from './shownModel.ts'
import { union } from './theory.ts'

/** A figure and what it was made from. */
interface Made<Figure> {
  readonly key: string
  readonly figure: Figure
}

export class Pictures {
  private readonly shown: ShownModels
  /** Whole ones, which frames show. */
  private pictures: LatentPicture[] = []
  /** Those of models that were chosen since, while not every image has been through. */
  private coming: LatentPicture[] = []
  private slices = 0
  /** Whose parameters, of which step, `shown` works with. */
  private taken = ''
  private spaces: Made<readonly LatentSpace[]> | undefined
  private diagramMade: Made<DiagramFigures> | undefined
  private gradientsMade: Made<GradientNorms> | undefined
  private readonly orders = new Map<number, ImageOrder>()

  constructor(
    backend: Backend,
    private values: VibValues,
    layout: Layout,
    private readonly training: ImageSet,
    validation: ImageSet,
    private readonly parts: readonly Part[],
  ) {
    this.shown = new ShownModels(backend, layout, validation, values.seed, values.batchSize)
    this.choose()
  }

  update(values: VibValues): void {
    this.values = values
    this.choose()
  }

  private choose(): void {
    const { mode } = this.values
    const wanted = mode === 'three' ? [0, 1, 2] : [shownModel(this.values)]
    const known = [...this.pictures, ...this.coming]
    const next = wanted.map((model) => known.find((one) => one.model === model) ?? this.shown.picture(model))
    if (next.every((one) => one.whole)) {
      this.pictures = next
      this.coming = []
    } else this.coming = next
  }

  private stoppedAt(model: number): number {
    const { models, stoppedAt } = this.partOf(model)
    return stoppedAt[models.indexOf(model)]
  }

  private partOf(model: number): Part {
    return this.parts.find(({ models }) => models.includes(model)) as Part
  }

  /**
   * A number for the parameters that the model has after so many steps of the run: those steps, or one that no step
   * has for a model that stopped. It takes a step back, perhaps long after that was seen, and none after it.
   */
  private moment(model: number, step: number): number {
    const stopped = this.stoppedAt(model)
    return stopped < 0 ? step : -2 - stopped
  }

  private diagramKey(step: number): string {
    const model = shownModel(this.values)
    return `${step} ${model} ${this.moment(model, step)} ${this.values.image}`
  }

  private gradientsKey(step: number): string {
    const model = shownModel(this.values)
    return `${step} ${model} ${this.moment(model, step)} ${betasOf(this.values)[model]}`
  }

  private isCurrent(picture: LatentPicture, step: number): boolean {
    return picture.current(this.moment(picture.model, step)) === 1
  }

  /** Share of the first pictures' images that were encoded; 1 once there are pictures. */
  get first(): number {
    if (this.pictures.length > 0) return 1
    return this.coming.reduce((sum, { encoded }) => sum + encoded, 0) / this.coming.length
  }

  /** All that is shown belongs to this step. */
  complete(step: number): boolean {
    return (
      this.coming.length === 0 &&
      this.pictures.every((picture) => this.isCurrent(picture, step)) &&
      this.diagramMade?.key === this.diagramKey(step) &&
      this.gradientsMade?.key === this.gradientsKey(step)
    )
  }

  /** One slice of what is not of this step. */
  async renew(step: number): Promise<void> {
    const { shown, values } = this
    const model = shownModel(values)
    const waiting = this.coming.filter((one) => !one.whole)
    const stale = this.pictures.filter((one) => !this.isCurrent(one, step))
    const turn = waiting.length > 0 ? waiting : stale
    if (turn.length > 0) {
      const picture = turn[this.slices++ % turn.length]
      await this.take(picture.model, step)
      await shown.refresh(picture, this.moment(picture.model, step))
      if (this.coming.length > 0 && this.coming.every((one) => one.whole)) {
        this.pictures = this.coming
        this.coming = []
      }
    }
    if (this.diagramMade?.key !== this.diagramKey(step)) {
      await this.take(model, step)
      this.diagramMade = {
        key: this.diagramKey(step),
        figure: await shown.diagram(model, values.image, step),
      }
    }
    const due = turn.length === 0 || this.slices % shown.slicesPerGradient === 1
    if (due && this.gradientsMade?.key !== this.gradientsKey(step)) {
      await this.take(model, step)
      this.gradientsMade = { key: this.gradientsKey(step), figure: await this.takeGradients(step, model) }
    }
  }

  /** The model's parameters are what `shown` works with from here on. */
  private async take(model: number, step: number): Promise<void> {
    const wanted = `${model} ${this.moment(model, step)}`
    if (this.taken === wanted) return
    const part = this.partOf(model)
    await part.copyParameters(part.models.indexOf(model), this.shown.row)
    this.taken = wanted
  }

  private takeGradients(step: number, model: number): Promise<GradientNorms> {
    const { values } = this
    const seed = model % seedCount(values)
    let order = this.orders.get(seed)
    if (!order) {
      order = new ImageOrder(seedOf(values.seed, seed), values.trainSize, values.batchSize)
      this.orders.set(seed, order)
    }
    const noise = noiseRows(seed, 1, step, 1, values.batchSize)
    const beta = betasOf(values)[model]
    return this.shown.gradientNorms(this.training, order.batch(step), noise, { model, beta, step })
  }

  /**
   * Latent spaces with the regions of the decoder as it is now; made anew only when something is new.
   * @param betas those that the models have been trained with
   */
  async latentSpaces(step: number, betas: readonly number[]): Promise<readonly LatentSpace[]> {
    const { pictures, shown, values } = this
    const drawn = pictures.map(({ model }) => [model, this.moment(model, step), betas[model]])
    const key = JSON.stringify([step, this.slices, values.image, drawn])
    if (this.spaces?.key === key) return this.spaces.figure
    const plain: FlatSpace[] = []
    for (const picture of pictures) {
      const { model } = picture
      const state = {
        ...{ step, beta: betas[model], stoppedAt: this.stoppedAt(model) },
        current: picture.current(this.moment(model, step)),
      }
      plain.push(await shown.space(picture, state, values.image))
    }
    const shared = plain.length > 1 ? union(plain.map(({ domain }) => domain)) : undefined
    const figure: LatentSpace[] = []
    for (const [index, space] of plain.entries()) {
      await this.take(space.model, step)
      const regions = await shown.regions(pictures[index], space.domain)
      figure.push({
        ...space,
        regions,
        sharedRegions: shared && (await shown.regions(pictures[index], shared)),
        regionAgreement: regions && agreement(regions, space),
      })
    }
    this.spaces = { key, figure }
    return figure
  }

  get diagram(): DiagramFigures | undefined {
    return this.diagramMade?.figure
  }

  /** Of the shown model. */
  get gradients(): GradientNorms | undefined {
    return this.gradientsMade?.figure
  }

  dispose(): void {
    this.shown.dispose()
  }
}
