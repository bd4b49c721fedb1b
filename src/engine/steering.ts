/** What the page orders of a race of backends. The engine has it before the code of the race: an order may come first. */
import { obsolete } from '../faults.ts'
import { nextTask, Pulse } from './pulse.ts'
import {
  type BackendRaceOptions,
  type BackendRaceOrder,
  checkRaceOptions,
  usualSeconds,
} from './raceProtocol.ts'

export class Steering {
  private readonly pulse = new Pulse()
  private ended: string | undefined
  private held: boolean
  /** As in `BackendRaceOptions`. */
  seconds: number

  constructor(options: BackendRaceOptions) {
    checkRaceOptions(options)
    this.held = options.held === true
    this.seconds = options.seconds ?? usualSeconds
  }

  order(order: BackendRaceOrder, seconds?: number): void {
    checkRaceOptions({ seconds })
    this.seconds = seconds ?? this.seconds
    if (order === 'end') this.end('The race was ended.')
    this.held = order === 'hold'
    this.pulse.change()
  }

  end(reason: string): void {
    this.ended ??= reason
    this.pulse.change()
  }

  get holds(): boolean {
    return this.held && this.ended === undefined
  }

  /** Waits while the race is held. Throws an AbortError once it is ended. */
  async permission(): Promise<void> {
    while (this.holds) await this.pulse.since(this.pulse.version)
    this.check()
  }

  check(): void {
    if (this.ended !== undefined) throw obsolete(this.ended)
  }

  /** Lets orders arrive; true where one of them stops the work. */
  async stops(): Promise<boolean> {
    await nextTask()
    return this.held || this.ended !== undefined
  }
}
