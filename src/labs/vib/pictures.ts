/** Keeps the pictures of single models up to date: latent spaces, the diagram's image, gradients. */
import type { Backend } from '../../compute/backend.ts'
import type { Saved } from '../common/savedTensors.ts'
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

/** Steps that were sent to the models, and the β of the latest one. */
export interface Moment {
  readonly step: number
  readonly betas: readonly number[]
}

/** A figure, with a key for the state it was made from. */
interface Made<Figure> {
  readonly key: string
  readonly figure: Figure
}

export class Pictures {
  private readonly shown: ShownModels
  /** Complete pictures, for the frames. */
  private pictures: LatentPicture[] = []
  /** Pictures of newly chosen models, until all their images are encoded. */
  private coming: LatentPicture[] = []
  private slices = 0
  /** Model and moment of the parameters that `shown` works with. */
  private taken = ''
  private spaces: Made<readonly LatentSpace[]> | undefined
  /** A frame has shown the latest latent spaces, so new ones may be made. */
  private spacesShown = true
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
    private readonly now: () => Moment,
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
   * A number for the model's parameters after `step` steps of the run: the step itself, or a negative number for a
   * stopped model. A model that stops takes its last step back, perhaps much later, and takes no step after that.
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

  private spacesKey({ step, betas }: Moment): string {
    const drawn = this.pictures.map(({ model }) => [model, this.moment(model, step), betas[model]])
    return JSON.stringify([step, this.slices, this.values.image, drawn])
  }

  private isCurrent(picture: LatentPicture, step: number): boolean {
    return picture.current(this.moment(picture.model, step)) === 1
  }

  /** Share of the images encoded for the first pictures; 1 once there are pictures. */
  get first(): number {
    if (this.pictures.length > 0) return 1
    return this.coming.reduce((sum, { encoded }) => sum + encoded, 0) / this.coming.length
  }

  /** Whether all pictures belong to the present step. */
  get complete(): boolean {
    return this.ingredientsComplete && this.spaces?.key === this.spacesKey(this.now())
  }

  /** The same without the latent spaces, which are made from the other pictures. */
  private get ingredientsComplete(): boolean {
    const { step } = this.now()
    return (
      this.coming.length === 0 &&
      this.pictures.every((picture) => this.isCurrent(picture, step)) &&
      this.diagramMade?.key === this.diagramKey(step) &&
      this.gradientsMade?.key === this.gradientsKey(step)
    )
  }

  /**
   * Renews outdated pictures, by one slice of work. Training may go on meanwhile: each picture keeps its step.
   * @param spacesToo renews the latent spaces even if the latest ones were not shown yet
   */
  async renew(spacesToo: boolean): Promise<void> {
    const { shown, values } = this
    const model = shownModel(values)
    const waiting = this.coming.filter((one) => !one.whole)
    const stale = this.pictures.filter((one) => !this.isCurrent(one, this.now().step))
    const turn = waiting.length > 0 ? waiting : stale
    if (turn.length > 0) {
      const picture = turn[this.slices++ % turn.length]
      const step = await this.take(picture.model)
      await shown.refresh(picture, this.moment(picture.model, step))
      if (this.coming.length > 0 && this.coming.every((one) => one.whole)) {
        this.pictures = this.coming
        this.coming = []
      }
    }
    if (this.diagramMade?.key !== this.diagramKey(this.now().step)) {
      const step = await this.take(model)
      this.diagramMade = {
        key: this.diagramKey(step),
        figure: await shown.diagram(model, values.image, step),
      }
    }
    const due = turn.length === 0 || this.slices % shown.slicesPerGradient === 1
    if (due && this.gradientsMade?.key !== this.gradientsKey(this.now().step)) {
      const step = await this.take(model)
      this.gradientsMade = { key: this.gradientsKey(step), figure: await this.takeGradients(step, model) }
    }
    const wanted = spacesToo || this.spacesShown || this.ingredientsComplete
    if (wanted && this.spaces?.key !== this.spacesKey(this.now())) await this.makeSpaces()
  }

  /** Loads the model's parameters into `shown`. Returns the step that they belong to. */
  private async take(model: number): Promise<number> {
    const { step } = this.now()
    const wanted = `${model} ${this.moment(model, step)}`
    if (this.taken === wanted) return step
    const part = this.partOf(model)
    await part.copyParameters(part.models.indexOf(model), this.shown.row)
    this.taken = wanted
    return step
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

  /** Makes the latent spaces, with the regions of the present decoder. */
  private async makeSpaces(): Promise<void> {
    const { pictures, shown, values } = this
    const key = this.spacesKey(this.now())
    const plain: FlatSpace[] = []
    for (const picture of pictures) {
      const { model } = picture
      const { step, betas } = this.now()
      const state = {
        ...{ step, beta: betas[model], stoppedAt: this.stoppedAt(model) },
        current: picture.current(this.moment(model, step)),
      }
      plain.push(await shown.space(picture, state, values.image))
    }
    const shared = plain.length > 1 ? union(plain.map(({ domain }) => domain)) : undefined
    const figure: LatentSpace[] = []
    for (const [index, space] of plain.entries()) {
      await this.take(space.model)
      const regions = await shown.regions(pictures[index], space.domain)
      figure.push({
        ...space,
        regions,
        sharedRegions: shared && (await shown.regions(pictures[index], shared)),
        regionAgreement: regions && agreement(regions, space),
      })
    }
    this.spaces = { key, figure }
    this.spacesShown = false
  }

  /** The latest latent spaces; none before the first pictures. */
  get latentSpaces(): readonly LatentSpace[] {
    this.spacesShown = true
    return this.spaces?.figure ?? []
  }

  get diagram(): DiagramFigures | undefined {
    return this.diagramMade?.figure
  }

  /** Gradient norms of the shown model. */
  get gradients(): GradientNorms | undefined {
    return this.gradientsMade?.figure
  }

  save() {
    const { slices, spaces, spacesShown, diagramMade, gradientsMade, pictures, coming } = this
    return {
      own: { slices, spaces, spacesShown, diagramMade, gradientsMade },
      pictures: pictures.map((picture) => picture.save()),
      coming: coming.map((picture) => picture.save()),
    }
  }

  restore({ own, pictures, coming }: Saved<Pictures>): void {
    const restored = (saved: Saved<LatentPicture>) => {
      const picture = this.shown.picture(saved.model)
      picture.restore(saved)
      return picture
    }
    Object.assign(this, own)
    this.pictures = pictures.map(restored)
    this.coming = coming.map(restored)
    // another model may be shown now
    this.choose()
  }

  dispose(): void {
    this.shown.dispose()
  }
}
