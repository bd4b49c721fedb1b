/** `window.natlab`: the interface by which a notebook, a test or a lecturer's script controls the page. */

import type { BackendKind } from '../compute/backend.ts'
import type { CompareRow } from '../engine/protocol.ts'
import type { BackendRaceRow } from '../engine/raceProtocol.ts'
import { meantCall } from '../labs/aliases.ts'
import type { Metrics } from '../labs/experiment.ts'
import type { Lab } from '../labs/lab.ts'
import type { ParameterValues } from '../labs/parameter.ts'
import { validateChange, validateOpening } from '../labs/validation.ts'
import { loadPart } from '../part.ts'
import { mostThreads } from '../threads.ts'
import type { CompareOptions, Comparison } from './compare/comparison.ts'
import type { Control } from './control.ts'
import type { Engine } from './engine.ts'
import { linkTo } from './link.ts'
import type { State } from './state.ts'
import { wholeNumber } from './wholeNumber.ts'

export interface BackendSummary {
  readonly kind: BackendKind
  readonly adapter: string
  readonly software: boolean
  /** Threads that compute together; 1 for WebGPU. */
  readonly threads: number
}

export interface NatlabConsole {
  /** Resolves when the first lab is open and its backend chosen; rejects if the lab could not be opened. */
  readonly ready: Promise<void>
  /** The labs' ids. */
  readonly labs: readonly string[]
  /** Opens a lab, paused, at step 0, with the given parameters and the defaults of the others. */
  open(lab: string, parameters?: ParameterValues): Promise<void>
  parameters(): ParameterValues
  /** Changes parameters. Rejects with a RangeError or TypeError that names refused values, and then changes nothing. */
  set(patch: ParameterValues): Promise<void>
  /** Advances by exactly `steps` steps, then pauses. */
  run(steps: number): Promise<void>
  /** The lab's named numbers at the current step. This step is completed first. */
  metrics(): Promise<Metrics>
  backend(): BackendSummary
  /** `threads` for WebAssembly, 1 to 16; without it as many as before. */
  use(kind: BackendKind, options?: { readonly threads?: number }): Promise<BackendSummary>
  /**
   * Times the lab's hot loop at its current parameters on every backend. With `sizes` it times these sizes too, and
   * answers with all that a saved file holds.
   */
  compare(options?: CompareOptions & { readonly sizes?: undefined }): Promise<readonly CompareRow[]>
  compare(options: CompareOptions): Promise<Comparison>
  /**
   * Lets the backends race over the same steps of the lab, in turns on clocks of their own. The finish line is `steps` away,
   * or so far that the fastest takes about `seconds`.
   */
  raceBackends(options?: {
    readonly steps?: number
    readonly seconds?: number
  }): Promise<readonly BackendRaceRow[]>
  /** The address that reproduces this view. */
  link(): string
}

declare global {
  interface Window {
    natlab: NatlabConsole
  }
}

export function createConsole(
  labs: readonly Lab[],
  state: State,
  control: Control,
  engine: Engine,
  ready: () => Promise<void>,
): NatlabConsole {
  function backend(): BackendSummary {
    const info = state.backend.peek()
    if (!info) throw new Error('No backend is chosen yet: await natlab.ready first.')
    const { kind, adapter, software, threads } = info
    return { kind, adapter, software, threads }
  }
  const labIds = labs.map((lab) => lab.id)
  /** Waits for the first opening. It may have failed: another call can still open a lab. */
  const attempted = () => ready().catch(() => undefined)
  const replaceAddress = () => control.commit('replace')

  return {
    get ready() {
      return ready()
    },
    labs: labIds,
    async open(id, parameters = {}) {
      const [meant, patch] = meantCall(id, parameters, labs)
      const lab = labs.find((candidate) => candidate.id === meant)
      if (!lab)
        throw new RangeError(
          `${JSON.stringify(String(id).slice(0, 40))} is no lab: the labs are ${labIds.join(', ')}.`,
        )
      validateOpening(lab, patch, {}, state.file.peek())
      await attempted()
      await control.open(lab, { values: patch, play: false })
      replaceAddress()
    },
    parameters: () => ({ ...state.values.peek() }),
    async set(patch) {
      const open = state.lab.peek()
      const [meant, named] = meantCall(open.id, patch, labs)
      const lab = labs.find(({ id }) => id === meant) ?? open
      if (lab === open) validateChange(lab, named, state.values.peek(), state.file.peek())
      await attempted()
      await control.goOn(lab, named, 'replace')
    },
    async run(steps) {
      wholeNumber('steps', steps, 0, Number.MAX_SAFE_INTEGER)
      await attempted()
      await control.run(steps)
    },
    async metrics() {
      await attempted()
      return engine.metrics()
    },
    backend,
    async use(kind, { threads } = {}) {
      if (threads !== undefined) wholeNumber('threads', threads, 1, mostThreads)
      if (kind !== 'webgpu' && kind !== 'wasm')
        throw new RangeError(`${JSON.stringify(kind)} is no backend: the backends are webgpu, wasm.`)
      await attempted()
      await control.use(kind, threads)
      return backend()
    },
    compare: (async (options: CompareOptions = {}) => {
      await attempted()
      const { measure } = await loadPart('The comparison', () => import('./compare/comparison.ts'))
      const comparison = await measure(state, engine, options)
      return options.sizes === undefined ? comparison.rows : comparison
    }) as NatlabConsole['compare'],
    async raceBackends({ steps, seconds } = {}) {
      await attempted()
      return engine.raceBackends({ steps, seconds }, () => {})
    },
    link: () => linkTo(control.address()),
  }
}
