/** A comparison and a race of the backends. They have runs of their own; that of the page waits meanwhile. */
import { loadPart } from '../part.ts'
import type { CurrentRun } from './currentRun.ts'
import type { EngineApi } from './protocol.ts'
import type { Queue } from './queue.ts'
import { Steering } from './steering.ts'

export class Contests {
  private compareAborted = false
  /** The race of backends that is under way. */
  private race: Steering | undefined

  /** @param settings,queue as in `Engine` */
  constructor(
    private readonly gpu: GPU | undefined,
    private readonly current: CurrentRun,
    private readonly settings: Queue,
    private readonly queue: Queue,
  ) {}

  readonly compare: EngineApi['compare'] = async (request, onProgress) => {
    this.compareAborted = false
    await this.settings.done
    const { compare, around } = await loadPart('The code for comparisons', () => import('./compare/index.ts'))
    return this.queue.add(async () => {
      const { experimentModule, values } = this.current
      if (!experimentModule) throw new Error('No lab is open.')
      const stopped = () => this.compareAborted
      return compare(experimentModule, values, request, around(this.gpu), onProgress, stopped)
    })
  }

  readonly cancelCompare: EngineApi['cancelCompare'] = () => {
    this.compareAborted = true
  }

  readonly raceBackends: EngineApi['raceBackends'] = async (options, tell) => {
    const race = new Steering(options)
    this.endRace('Another race was begun.')
    this.race = race
    const load = loadPart('The code for the race of backends', () => import('./backendRace.ts'))
    const { raceBackends } = await load
    await this.settings.done
    return this.queue.add(async () => {
      const { experimentModule, values, used } = this.current
      if (!experimentModule || !used.backend) throw new Error('No lab is open.')
      // the run may have work under way, which would take time from the first turns
      await used.backend.finished()
      return raceBackends(experimentModule, values, this.gpu, options, race, tell)
    })
  }

  readonly steerRace: EngineApi['steerRace'] = (order, seconds) => {
    this.race?.order(order, seconds)
  }

  endRace(reason: string): void {
    this.race?.end(reason)
  }
}
