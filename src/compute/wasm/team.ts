/**
 * Threads that share the kernels' memory. The thread of the backend leads: it publishes the calls of an operation, works
 * on them too, and goes on when all are done. A member that is missing costs time and no result.
 */
import { coded } from '../../faults.ts'
import { startWorker } from '../../threads.ts'
import { Calls, namesOf } from './calls.ts'
import type { Kernels } from './generated/kernels.d.ts'
import type { Membership } from './member.ts'
import script from './member.ts?worker&url'
import type { KernelMemory } from './memory.ts'

/** Milliseconds in which a member has to start. */
const startTime = 10_000
/** Looks at the calls that are done before the leader sleeps: some 0.1 ms. */
const looks = 20_000
/** After so many waits of `waitTime` milliseconds without a call that ends, a member has ended in the middle of one. */
const waitTime = 100
/** How many looks for members that have ended a member must have missed. */
const missedLooks = 3
/** Milliseconds from one such look to the next. Tests have less patience. */
export const patience = { waits: 50, lookTime: 1000 }

interface Member {
  readonly worker: Worker
  readonly thread: number
  beat: number
  missed: number
}

/** A worker that is asked to join a team. */
interface Candidate {
  readonly worker: Worker
  /** Resolves with false where its script fails. */
  readonly failed: Promise<false>
}

/** Starts the workers, before there is anything for them to do: they load while the kernels are compiled. */
export const startMembers = (count: number): Candidate[] =>
  Array.from({ length: count }, () => {
    const worker = startWorker(script, 'natlab computing thread')
    const failed = new Promise<false>((resolve) => {
      worker.addEventListener('error', (event) => {
        // the backend tells how many threads there are
        event.preventDefault()
        resolve(false)
      })
    })
    return { worker, failed }
  })

/** Resolves with whether the member is ready. */
function joined({ worker, failed }: Candidate, membership: Membership): Promise<boolean> {
  let late: ReturnType<typeof setTimeout> | undefined
  const answer = new Promise<boolean>((resolve) => {
    late = setTimeout(() => resolve(false), startTime)
    worker.addEventListener('message', () => resolve(true), { once: true })
    worker.postMessage(membership)
  })
  return Promise.race([answer, failed]).finally(() => clearTimeout(late))
}

/** Whether this thread may sleep: that of a page may not. */
function maySleep(calls: Calls): boolean {
  try {
    calls.sleep(-1, 0)
    return true
  } catch {
    return false
  }
}

export class Team {
  private readonly sleeps: boolean
  private readonly numbers: ReadonlyMap<string, number>
  private lookedAt = 0
  private broken = false

  private constructor(
    private readonly calls: Calls,
    kernels: Kernels,
    private members: readonly Member[],
    private readonly reportLoss: (reason: string) => void,
  ) {
    this.sleeps = maySleep(calls)
    this.numbers = new Map(namesOf(kernels).map((name, number) => [name, number]))
  }

  /** A team of this thread and those workers that can join it. Undefined if none can. */
  static async create(
    candidates: readonly Candidate[],
    { module, shared, kernels, memory }: Loaded,
    reportLoss: (reason: string) => void,
  ): Promise<Team | undefined> {
    const block = Calls.createBlock()
    const started = await Promise.all(
      candidates.map(async (candidate, index): Promise<Member | undefined> => {
        const { worker } = candidate
        const thread = index + 1
        const own = memory.allocate(kernels.ownBytes() >>> 0)
        if (await joined(candidate, { module, memory: shared, own, block, thread }))
          return { worker, thread, beat: 0, missed: 0 }
        worker.terminate()
        return undefined
      }),
    )
    const members = started.filter((member) => member !== undefined)
    if (members.length === 0) return undefined
    return new Team(new Calls(block, kernels, 0), kernels, members, reportLoss)
  }

  /** Threads that compute, this one among them. */
  get size(): number {
    return 1 + this.members.length
  }

  /** Threads that may need scratch memory: a member keeps its number where another one has ended. */
  get numbered(): number {
    return 1 + Math.max(0, ...this.members.map(({ thread }) => thread))
  }

  /** Does all calls of the kernel. Throws if one has failed, or if a member has ended in the middle of one. */
  run(
    kernel: keyof Kernels,
    calls: readonly (readonly number[])[],
    scratch: { readonly address: number; readonly stride: number },
  ): void {
    if (this.broken) throw lost()
    this.calls.publish(this.numbers.get(kernel) as number, calls, scratch)
    this.calls.work()
    this.wait(calls.length)
    if (this.calls.failed >= 0) throw new Error(`The kernel ${kernel} has failed on a thread.`)
    this.look()
  }

  dispose(): void {
    this.calls.stop()
    for (const { worker } of this.members) worker.terminate()
    this.members = []
  }

  private wait(count: number): void {
    for (let look = 0; look < looks; look++) if (this.calls.done === count) return
    let waits = 0
    for (;;) {
      const { done } = this.calls
      if (done === count) return
      if (this.sleeps) this.calls.sleep(done, waitTime)
      else {
        const end = performance.now() + waitTime
        while (this.calls.done === done && performance.now() < end);
      }
      waits = this.calls.done === done ? waits + 1 : 0
      // counted, not measured: in a page that was frozen all threads stand still together
      if (waits < patience.waits) continue
      this.broken = true
      this.reportLoss(lost().message)
      throw lost()
    }
  }

  /** Counts out the members that have not been awake for some seconds, although there was work. */
  private look(): void {
    const now = performance.now()
    if (now - this.lookedAt < patience.lookTime) return
    this.lookedAt = now
    for (const member of this.members) {
      const beat = this.calls.beat(member.thread)
      member.missed = beat === member.beat ? member.missed + 1 : 0
      member.beat = beat
    }
    const ended = this.members.filter(({ missed }) => missed >= missedLooks)
    if (ended.length === 0) return
    for (const { worker } of ended) worker.terminate()
    this.members = this.members.filter((member) => !ended.includes(member))
  }
}

/** The kernels of a team's leader, and what its members need to have the same ones. */
export interface Loaded {
  readonly module: WebAssembly.Module
  readonly shared: WebAssembly.Memory
  readonly kernels: Kernels
  readonly memory: KernelMemory
}

const lost = () =>
  coded('lost', new Error('A computing thread has ended in the middle of its work, which is lost.'))
