/** Every kernel in every variant against float64: the tests of test/kernels, as they are. */
import { everyCase, size, timeIsOver } from './settings.ts'
import { configure, type Outcome, runFile } from './vitest.ts'

// without those about the CPU alone
const found = import.meta.glob([
  '../../kernels/*.test.ts',
  '!../../kernels/{wasm*,threads,team,spare}.test.ts',
])

/** What most work is done by comes first, should the time be short. */
const first = ['modelProduct', 'logitLoss', 'vocabularyLoss', 'gaussianFit', 'planeFit']
const rank = (name: string) => (first.indexOf(name) + first.length + 1) % (first.length + 1)
const files = Object.entries(found)
  .map(([path, load]) => ({ name: path.replace(/^.*\/(\w+)\.test\.ts$/, '$1'), load }))
  .toSorted((one, other) => rank(one.name) - rank(other.name))

/** What computes on the CPU is tested elsewhere; where time is short, so is the cutting into many dispatches. */
const leftOut = everyCase ? /\bwasm\b/ : /\bwasm\b|, cut$/

/** What is enough to see that the bundle runs. */
const quick = ['columnSums', 'weightedSum', 'gelu']

export interface KernelFile extends Outcome {
  readonly name: string
  readonly milliseconds: number
}

/** Yields after each file, so that what was found can be written. */
export async function* checkKernels(): AsyncGenerator<KernelFile> {
  configure({ everyCase, leftOut })
  // it shares what is compiled between the tests, as in a browser
  await import('../../browser/gpu.ts')
  for (const { name, load } of files) {
    if (size === 'quick' && !quick.includes(name)) continue
    // opening and failing, with many devices
    if (size === 'small' && name.startsWith('webgpu')) continue
    const begin = performance.now()
    const outcome = await runFile(load, () => timeIsOver('kernels'))
    yield { name, milliseconds: performance.now() - begin, ...outcome }
  }
}
