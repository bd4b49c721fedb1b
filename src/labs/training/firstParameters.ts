/** The models' initial parameters, from the same standard normals for all models. Each entry has its own counter. */
import type { Backend, RandomSource, Tensor } from '../../compute/backend.ts'
import { streams } from '../../compute/random.ts'
import { inside, type Layout, linearsOf, type ParameterMatrix } from './layout.ts'
import type { Queueing } from './model.ts'

/** Entries drawn at a time. */
const sliceEntries = 2 ** 20
/** Operations that are counted for one normal and its copies. */
const operationsPerEntry = 60

/** The root mean square of the sinusoids of Vaswani et al. 2017, who add them to embeddings times √d. */
const sinusoids = Math.SQRT1_2

/**
 * Weights N(0, 1 / inputs), embeddings N(0, std²), positions likewise (N(0, ½) beside embeddings times √d), biases 0,
 * into `parameters` [models, layout.parameters], which holds zeros.
 * @param stds standard deviation of each model's embedding
 */
export function* drawParameters(
  backend: Backend,
  layout: Layout,
  parameters: Tensor,
  stds: readonly number[],
  seed: number,
): Queueing {
  const { embedding, positions, parts, embeddingScale } = layout
  const draw = (matrix: ParameterMatrix, source: Omit<RandomSource, 'seed'>, deviations: readonly number[]) =>
    drawMatrix(backend, layout, parameters, matrix, { seed, ...source }, deviations)
  yield* draw(embedding, { stream: streams.embedding }, stds)
  if (positions) {
    const deviations = embeddingScale === 1 ? stds : stds.map(() => sinusoids)
    yield* draw(positions, { stream: streams.positions }, deviations)
  }
  for (const [batch, { weights }] of parts.flatMap(linearsOf).entries()) {
    const deviations = stds.map(() => weights.rows ** -0.5)
    yield* draw(weights, { stream: streams.languageModel, batch }, deviations)
  }
}

/** One matrix of every model, some rows at a time. */
function* drawMatrix(
  backend: Backend,
  layout: Layout,
  parameters: Tensor,
  matrix: ParameterMatrix,
  source: RandomSource,
  deviations: readonly number[],
): Queueing {
  const { columns } = matrix
  const most = Math.min(matrix.rows, Math.max(1, Math.floor(sliceEntries / columns)))
  for (let first = 0; first < matrix.rows; first += most) {
    const rows = Math.min(most, matrix.rows - first)
    const shape = [rows, columns]
    const [normals, scaled] = [backend.createTensor(shape), backend.createTensor(shape)]
    backend.randomNormal(normals, source, first)
    for (const [model, deviation] of deviations.entries()) {
      backend.weightedSum(scaled, normals, deviation, normals, 0)
      const { tensor, offset = 0 } = inside(layout, parameters, matrix)
      const flat = { rows: 1, columns: rows * columns }
      const output = { tensor, offset: model * layout.parameters + offset + first * columns, ...flat }
      backend.copy(1, output, { tensor: scaled, ...flat })
    }
    for (const tensor of [normals, scaled]) tensor.dispose()
    yield rows * columns * operationsPerEntry
  }
}
