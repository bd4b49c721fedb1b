/** What the page needs of the engine's client; the real one is `EngineClient`, tests bring their own. */
import type { EngineApi, EngineFrame } from '../engine/protocol.ts'

export interface Engine
  extends Pick<
    EngineApi,
    'open' | 'set' | 'run' | 'reset' | 'metrics' | 'request' | 'provide' | 'use' | 'compare'
  > {
  play(): unknown
  pause(): unknown
  setSpeed(stepsPerSecond: number): unknown
  cancelCompare(): unknown
  onNotice(listener: Parameters<EngineApi['onNotice']>[0]): unknown
  /** Frames at display rate, the newest one only. */
  onFrame(listener: (frame: EngineFrame) => void): () => void
  /** The worker failed; nothing moves until `restart`. */
  onError(listener: (fault: Error) => void): unknown
  restart(): Promise<void>
}
