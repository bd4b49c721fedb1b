/** Backends whose times are known, on a clock that stands still but for them. */
import type { Backend, BackendKind } from '../../src/compute/backend.ts'
import type { ModelProductArguments } from '../../src/compute/operations/modelProduct.ts'
import type { Contestant, Surroundings } from '../../src/engine/compare/contestant.ts'
import { obsolete } from '../../src/faults.ts'
import type { ExperimentModule, HotLoop } from '../../src/labs/experiment.ts'

/** What a made-up backend does. */
export interface Nature {
  readonly threads?: number
  readonly opening?: number
  readonly compilation?: number
  /** Milliseconds of a run of this size; throws where the backend cannot hold it. `run` counts from 0. */
  readonly time: (size: number, run: number) => number
  /** Milliseconds of an answer in addition to `time`. */
  readonly latency?: number
  readonly result?: number
  /** 1e9 operations a second of the matrix product of so many rows. */
  readonly product?: (rows: number) => number
}

export const operations = 1e9
const bytes = { uploaded: 4 * 32, read: 4 * 8 }

/** `natures` say what each kind of backend is; wasm once on one thread and once on all. */
export function madeUp(natures: Partial<Record<'one' | 'all' | 'webgpu', Nature>>) {
  const open: string[] = []
  let now = 1000
  const natureOf = ({ kind, threads }: Contestant) =>
    kind === 'webgpu' ? natures.webgpu : threads === 1 ? natures.one : (natures.all ?? natures.one)

  function createBackend(kind: BackendKind, nature: Nature, name: string): Backend {
    const { threads = 1, latency = 0, product = () => 10 } = nature
    let milliseconds = 0
    return {
      ...{ kind, threads, latency, nature, software: false, adapter: `made up ${name}`, compiling: 0 },
      createTensor: (shape: readonly number[]) => ({ shape, dispose() {} }),
      upload: () => ({ dispose() {} }),
      read: async () => new Float32Array(8).fill(nature.result ?? 0),
      modelProduct({ left, right }: ModelProductArguments) {
        milliseconds = (2 * left.rows * left.columns * right.columns) / product(left.rows) / 1e6
      },
      async timed(work: () => void) {
        work()
        return milliseconds
      },
      async deviceTime(run: () => Promise<unknown>) {
        const begin = now
        await run()
        return now - begin - latency
      },
      dispose: () => open.splice(open.indexOf(name), 1),
    } as unknown as Backend
  }

  const surroundings: Surroundings = {
    preload: async () => {},
    async open(contestant) {
      const nature = natureOf(contestant)
      if (!nature) throw new Error(`There is no ${contestant.kind}.`)
      const name = `${contestant.kind} ${nature.threads ?? 1}`
      now += nature.opening ?? 0
      open.push(name)
      return createBackend(contestant.kind, nature, name)
    },
    now: () => now,
    pause: async () => {},
  }

  const experiment = {
    async createHotLoop(given, { size }): Promise<HotLoop> {
      const backend = given as Backend & { readonly nature: Nature; compiling: number }
      const { nature } = backend
      const kept = Object.getPrototypeOf(backend) as { compiling: number }
      let runs = 0
      return {
        async run(aborted) {
          if (runs === 0) {
            now += nature.compilation ?? 0
            if ('compiling' in kept) kept.compiling += nature.compilation ?? 0
          }
          backend.upload(new Float32Array(bytes.uploaded / 4), [1])
          const left = nature.time(size as number, runs++) + (nature.latency ?? 0)
          // in slices, as a real loop
          for (let slice = 0; slice < 8; slice++) {
            now += left / 8
            if (await aborted()) throw obsolete('It was cancelled.')
          }
          const result = (await backend.read({} as never)) as Float32Array
          return { operations, result, resultName: 'a number', tolerance: 0.01 }
        },
        dispose() {},
      }
    },
  } as Pick<ExperimentModule, 'createHotLoop'> as ExperimentModule

  return { experiment, surroundings, open, now: () => now }
}

export const moved = bytes
