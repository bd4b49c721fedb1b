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

// the built file's name has a hash of all that it imports; while natlab is developed nothing names a version
const build = import.meta.env.PROD ? import.meta.url : undefined

Comlink.expose(new WorkerEngine(navigator.gpu, experiments, build))
