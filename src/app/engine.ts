/** The part of the engine's client that the page needs. The real client is `EngineClient`; tests have their own. */
import type { EngineApi, EngineFrame, Plan } from '../engine/protocol.ts'
import type { BackendRaceOrder } from '../engine/raceProtocol.ts'

export interface Engine
  extends Pick<
    EngineApi,
    'open' | 'set' | 'run' | 'reset' | 'metrics' | 'request' | 'provide' | 'use' | 'compare' | 'raceBackends'
  > {
  /** As in `EngineApi`. An engine without it trains nothing for later steps of the story. */
  prepare?(plan: Plan): Promise<void>
  disturbed?(): unknown
  /** Whether a page in a frame is in sight: while it is not, the run does not play on. */
  setInSight?(inSight: boolean): unknown
  play(): unknown
  pause(): unknown
  setSpeed(stepsPerSecond: number): unknown
  cancelCompare(): unknown
  steerRace(order: BackendRaceOrder, seconds?: number): unknown
  onNotice(listener: Parameters<EngineApi['onNotice']>[0]): unknown
  /** Frames at display rate, the newest one only. */
  onFrame(listener: (frame: EngineFrame) => void): () => void
  /** Called with what is waited for, once that takes long, and with undefined when nothing is. */
  onWaiting(listener: (what: string | undefined) => void): unknown
  /** Called when the run or the worker has failed; nothing moves until another call. */
  onError(listener: (fault: Error) => void): unknown
  restart(): Promise<void>
}
