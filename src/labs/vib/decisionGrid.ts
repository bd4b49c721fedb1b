/** The decoder's answers on a plane of the latent space, cell by cell. */
import type { Backend, Tensor } from '../../compute/backend.ts'
import { OwnTensors } from '../common/ownTensors.ts'
import type { DecisionRegions, Domain, LatentSpace } from './frame.ts'
import { largest } from './latentPicture.ts'
import { classes, operationsOf } from './layout.ts'
import type { Model } from './model.ts'
import type { Plane } from './projection.ts'

/** Largest and smallest number of cells along each side of the window. */
const [finest, coarsest] = [100, 24]
/** Floating-point operations that a grid may cost: a large decoder gets a coarser one. */
const gridOperations = 2e8
/** Factor from the shown window to the grid's, in width and height. A panel is hardly ever longer than that. */
const reach = 2

export class DecisionGrid {
  /** Cells along each side. */
  private readonly side: number
  /** [cells, 10] */
  private readonly logits: Tensor

  /** @param model its activations are used here between its own passes */
  constructor(
    private readonly backend: Backend,
    private readonly model: Model,
  ) {
    const affordable = Math.floor(Math.sqrt(gridOperations / operationsOf(model.layout.decoder)))
    this.side = Math.min(finest, Math.max(coarsest, affordable))
    this.logits = backend.createTensor([this.side ** 2, classes])
  }

  /** @param row the model's parameters, [1, parameters] */
  async answers(row: Tensor, plane: Plane, window: Domain): Promise<DecisionRegions> {
    const { backend, model, side, logits } = this
    const domain = { x: widened(window.x), y: widened(window.y) }
    const cells = side ** 2
    const columns = model.layout.latentDimensions
    const centre = ([low, high]: readonly [number, number], index: number) =>
      low + ((high - low) * (index + 0.5)) / side
    // (x, y, 1) of every cell, times the plane's directions and its origin
    const places = new Float32Array(3 * cells)
    for (let cell = 0; cell < cells; cell++) {
      places[3 * cell] = centre(domain.x, cell % side)
      places[3 * cell + 1] = centre(domain.y, Math.floor(cell / side))
      places[3 * cell + 2] = 1
    }
    const own = new OwnTensors(backend)
    const grid = own.upload(places, [cells, 3])
    const basis = own.upload(Float32Array.from([...plane.directions, ...plane.origin]), [3, columns])
    for (let first = 0; first < cells; first += model.rows) {
      const rows = Math.min(model.rows, cells - first)
      const latent = model.latentOf({ rows })
      backend.modelProduct({
        models: 1,
        output: latent,
        left: { tensor: grid, offset: 3 * first, rows, columns: 3 },
        right: { tensor: basis, rows: 3, columns },
      })
      const pass = { models: 1, rows, parameters: { tensor: row } }
      model.decode(pass, latent, { tensor: logits, offset: classes * first, rows, columns: classes })
    }
    const answered = (await backend.read(logits)) as Float32Array
    own.dispose()
    const digits = new Uint8Array(cells)
    const probabilities = new Float32Array(cells)
    for (let cell = 0; cell < cells; cell++) {
      const begin = cell * classes
      digits[cell] = largest(answered, begin, classes)
      const highest = answered[begin + digits[cell]]
      let total = 0
      for (let at = begin; at < begin + classes; at++) total += Math.exp(answered[at] - highest)
      probabilities[cell] = 1 / total
    }
    return { columns: side, rows: side, domain, digits, probabilities }
  }

  dispose(): void {
    this.logits.dispose()
  }
}

/** Widens an interval by the factor `reach` about its middle. */
function widened([low, high]: readonly [number, number]): readonly [number, number] {
  const more = ((reach - 1) * (high - low)) / 2
  return [low - more, high + more]
}

/** Share of the images that lie in a cell with the digit predicted for their own μ; images outside the grid do not. */
export function agreement(
  { domain, columns, rows, digits }: DecisionRegions,
  { means, predictions }: Pick<LatentSpace, 'means' | 'predictions'>,
): number {
  const cell = (value: number, [low, high]: readonly [number, number], cells: number) =>
    Math.floor(((value - low) / (high - low)) * cells)
  let same = 0
  for (const [image, digit] of predictions.entries()) {
    const [column, row] = [
      cell(means[2 * image], domain.x, columns),
      cell(means[2 * image + 1], domain.y, rows),
    ]
    const inside = column >= 0 && column < columns && row >= 0 && row < rows
    if (inside && digits[row * columns + column] === digit) same++
  }
  return same / predictions.length
}
