/** The worker's entry: an `Engine`, called through Comlink. */
import * as Comlink from '../threads.ts'
import { Engine } from './engine.ts'
import { experiments } from './experiments.ts'

class WorkerEngine extends Engine {
  /** Transfers the frame's arrays instead of copying them. */
  async nextTransferredFrame() {
    const { frame, transfer } = await this.nextFrame()
    return Comlink.transfer(frame, transfer)
  }
}

export type { WorkerEngine }

Comlink.expose(new WorkerEngine(navigator.gpu, experiments))
