/** The init lab's hot loop, as `compare` times it on every backend. */
import type { Backend } from '../../compute/backend.ts'
import { inTurn } from '../common/pace.ts'
import { allBackends } from '../common/readyBackends.ts'
import { summationTolerance } from '../common/rounding.ts'
import { schemeStd } from '../common/schemes.ts'
import { tokenStatistics } from '../common/tokenStatistics.ts'
import type { HotLoop } from '../experiment.ts'
import type { ParameterValues } from '../parameter.ts'
import { columnsFor, EmbeddingTables } from './embeddingTable.ts'
import { typed } from './parameters.ts'
import { operations } from './pass.ts'
import { VocabularyPass } from './vocabularyPass.ts'

/** Words a slice in the hot loop, the same on every backend: nothing is calibrated inside a timed run. */
const hotLoopSlice = 4096

/** Computes every token's loss at one scale. The table is ready if it fits the budget; else each run draws it again. */
export async function createHotLoop(backend: Backend, parameterValues: ParameterValues): Promise<HotLoop> {
  const values = typed(parameterValues)
  const scale = schemeStd(values.scheme, values.dModel, values.std)
  const columns = columnsFor(values.vocab, values.dModel)
  const tables = new EmbeddingTables(backend, values.seed, values.vocab, columns, hotLoopSlice)
  await allBackends(backend)
  const pass = new VocabularyPass(backend, values, 0, [scale], tables)
  pass.drawTable()
  return {
    async run(aborted) {
      pass.restart()
      const slices = function* () {
        while (pass.rest > 0) yield pass.send(1)
      }
      await inTurn(pass, aborted, slices())
      const sums = await pass.read()
      const lossOf = (_: number, token: number) => tokenStatistics(sums, 0, scale, token).loss
      const result = Float32Array.from(sums.maximum, lossOf)
      return {
        operations: operations(values),
        result,
        resultName: 'loss of a token (nats)',
        // a logit sums d_model products
        tolerance: summationTolerance(values.dModel, result),
      }
    },
    dispose() {
      pass.dispose()
      tables.dispose()
    },
  }
}
