/** The backend that computes: how it was chosen, and what takes its place after a fault of its own. */
import type { Backend } from '../compute/backend.ts'
import { coded, sentence } from '../faults.ts'
import { type ChosenBackend, chooseBackend, describe, faultOf, replacement } from './backendChoice.ts'
import type { BackendChoice, BackendInfo } from './protocol.ts'
import type { Queue } from './queue.ts'

export class BackendInUse {
  /** `EngineApi.onNotice` */
  notify: (message: string, backend: BackendInfo) => void = () => {}
  chosen: ChosenBackend | undefined
  choice: BackendChoice = 'automatic'
  /** Threads that the user has chosen for WebAssembly. */
  threads: number | undefined
  /** Threads of which the page knows. */
  toldThreads = 0
  private disposed = false

  constructor(
    private readonly gpu: GPU | undefined,
    private readonly queue: Queue,
    /** Called inside `queue` when the backend is lost, with the fault that says so. */
    private readonly lost: (fault: Error) => Promise<void>,
  ) {}

  get backend(): Backend | undefined {
    return this.chosen?.backend
  }

  /** Milliseconds that an answer takes. */
  get latency(): number {
    return this.backend?.latency ?? 0
  }

  /** Of the backend, once there is one. */
  get info(): BackendInfo {
    return describe(this.chosen!)
  }

  /** Chooses a backend, which is not in use until it is adopted. */
  choose(choice: BackendChoice, threads: number | undefined): Promise<ChosenBackend> {
    return chooseBackend(choice, this.gpu, threads)
  }

  adopt(chosen: ChosenBackend): void {
    this.chosen = chosen
    this.toldThreads = chosen.backend.threads
    void chosen.backend.lost.then((reason) =>
      this.queue.add(async () => {
        if (this.chosen === chosen) await this.lost(coded('lost', new Error(reason)))
      }),
    )
  }

  /**
   * Replaces the backend after a fault of its own, once `endRuns` has ended all that computes on it. False where the
   * fault is not the backend's.
   */
  async replaceAfter(fault: unknown, endRuns: () => void): Promise<boolean> {
    const failed = this.chosen
    const own = failed && !this.disposed && (await faultOf(failed.backend, fault))
    if (!own) return false
    const { chosen, saying } = await replacement(failed, own, this.gpu, this.threads)
    endRuns()
    failed.backend.dispose()
    this.adopt(chosen)
    // a choice that failed is not kept, so that the same choice is tried again when it is made again
    if (chosen.backend.kind !== failed.backend.kind) this.choice = 'automatic'
    this.notify(`${sentence(own.message)} ${saying}`, this.info)
    return true
  }

  /** Where all cores compute, only one thread does so while the page needs a core. */
  leaveCore(needed: boolean): void {
    const { backend } = this
    if (backend && backend.threads > 1)
      backend.onOneThread = needed && backend.threads >= navigator.hardwareConcurrency
  }

  /** The run goes on where a thread has ended, with the others. */
  tellThreads(): void {
    const { backend } = this
    const threads = backend?.threads ?? 0
    if (!backend || threads >= this.toldThreads) return
    this.toldThreads = threads
    this.notify(`A computing thread has ended. ${backend.fewerThreads}`, this.info)
  }

  dispose(): void {
    this.disposed = true
    this.backend?.dispose()
  }
}
