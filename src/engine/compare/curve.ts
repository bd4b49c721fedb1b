/** The times of one backend at several sizes. */
import { codeOf, errorOf, sentence } from '../../faults.ts'
import type { ExperimentModule } from '../../labs/experiment.ts'
import type { CompareCurve, ComparePoint, CompareRequest } from '../protocol.ts'
import type { Measuring } from './contestant.ts'
import { spreadOf } from './statistics.ts'

type Size = NonNullable<CompareRequest['sizes']>[number]

/** Milliseconds after which no further run of a point begins, and its curve ends. */
const longestPoint = 5000
/** Milliseconds after which a run is given up. */
const longestRun = 4 * longestPoint

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`

/** The time of a size; undefined where the time was over before a warm run was done. */
async function measurePoint(
  experiment: ExperimentModule,
  { size, values }: Size,
  repeats: number,
  { backend, surroundings: { now, pause }, aborted }: Measuring,
): Promise<{ readonly point?: ComparePoint; readonly passed: number }> {
  const begin = now()
  const passed = () => now() - begin
  const loop = await experiment.createHotLoop(backend, values)
  const samples: number[] = []
  let operations = 0
  try {
    // the first run is not counted: it draws the inputs
    for (let run = 0; run <= repeats && (run === 0 || passed() < longestPoint); run++) {
      await pause()
      const start = now()
      ;({ operations } = await loop.run(async () => (await aborted()) || passed() > longestRun))
      if (run > 0) samples.push(now() - start)
    }
  } catch (fault) {
    if (codeOf(fault) !== 'obsolete' || (await aborted())) throw fault
  } finally {
    loop.dispose()
  }
  const point = samples.length > 0 ? { size, samples, ...spreadOf(samples), operations } : undefined
  return { point, passed: passed() }
}

/**
 * Measures the sizes from the smallest to the largest. The curve ends with a point that took more than five seconds,
 * or before a size that could not run: a larger one would not, either.
 */
export async function measureCurve(
  experiment: ExperimentModule,
  sizes: readonly Size[],
  repeats: number,
  measuring: Measuring,
  report: (size: number) => void,
): Promise<CompareCurve> {
  const points: ComparePoint[] = []
  const omitted: { size: number; reason: string }[] = []
  let ended: string | undefined
  for (const one of sizes) {
    const { size } = one
    report(size)
    if (ended !== undefined) {
      omitted.push({ size, reason: ended })
      continue
    }
    try {
      const { point, passed } = await measurePoint(experiment, one, repeats, measuring)
      const slow = `takes more than ${longestPoint / 1000} s (${seconds(passed)}).`
      if (point) points.push(point)
      else omitted.push({ size, reason: `The first run ${slow}` })
      if (passed > longestPoint) ended = `The curve ends at ${size}, which ${slow}`
    } catch (fault) {
      if (codeOf(fault) === 'obsolete') throw fault
      omitted.push({ size, reason: sentence(errorOf(fault).message) })
      ended = `The curve ends before ${size}, which could not run.`
    }
  }
  return { points, omitted }
}
