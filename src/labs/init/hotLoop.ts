/** The init lab's hot loop, as `compare` times it on every backend. */
import type { Backend } from '../../compute/backend.ts'
import { inTurn } from '../common/pace.ts'
import { summationTolerance } from '../common/rounding.ts'
import { schemeStd } from '../common/schemes.ts'
import { tokenStatistics } from '../common/tokenStatistics.ts'
import type { HotLoop } from '../experiment.ts'
import type { ParameterValues } from '../parameter.ts'
import { columnsFor, EmbeddingTable } from './embeddingTable.ts'
import { typed } from './parameters.ts'
import { disposeBatch, drawBatch, histogramBins, landscapeBins, operations, streamSlice } from './pass.ts'

/** Words a slice in the hot loop, the same on every backend: nothing is calibrated inside a timed run. */
const hotLoopSlice = 4096

/** Computes every token's loss at one scale. The table is ready if it fits the budget; else each run draws it again. */
export async function createHotLoop(backend: Backend, parameterValues: ParameterValues): Promise<HotLoop> {
  const values = typed(parameterValues)
  const scale = schemeStd(values.scheme, values.dModel, values.std)
  const columns = columnsFor(values.vocab, values.dModel)
  const slice = Math.min(hotLoopSlice, values.vocab)
  const table = new EmbeddingTable(backend, values.seed, values.vocab, columns, slice)
  const batch = drawBatch(backend, values, 0)
  if (table.kept) for (let index = 0; index < table.sliceCount; index++) table.slice(index)
  return {
    async run(aborted) {
      const state = backend.createLogitLossState(values.tokens, 1, histogramBins, landscapeBins)
      const pass = function* () {
        for (let index = 0; index < table.sliceCount; index++)
          yield streamSlice(backend, values, batch, state, [scale], table.slice(index))
      }
      try {
        await inTurn(backend, aborted, pass())
        const sums = await backend.readLogitLoss(state)
        const lossOf = (_: number, token: number) => tokenStatistics(sums, 0, scale, token).loss
        const result = Float32Array.from(sums.maximum, lossOf)
        return {
          operations: operations(values),
          result,
          resultName: 'loss of a token (nats)',
          // a logit sums d_model products
          tolerance: summationTolerance(values.dModel, result),
        }
      } finally {
        state.dispose()
      }
    },
    dispose() {
      table.dispose()
      disposeBatch(batch)
    },
  }
}
