/**
 * Some operations have two variants: `register`, without workgroup memory, and `workgroup`, with it. Which is
 * faster depends on the hardware by a factor of two and more, either way, and is measured, and so is the tile of
 * `workgroup`. What was measured is kept. On adapters that compute on the CPU the variant is known: the other one is
 * neither compiled nor measured there.
 */
import type { Lanes, Variant } from './adapter.ts'
import { type Candidate, nameOf } from './candidate.ts'
import { Kept, type Measurement, type MeasurementStore } from './kept.ts'

/** The candidate of large operations, and the measurement that chose it. */
export interface VariantChoice extends Candidate, Partial<Measurement> {
  /**
   * 'forced' by the caller, 'measured' now or 'kept' from an earlier measurement, or 'assumed' on a software adapter
   * and while nothing large was asked for.
   */
  readonly because: 'forced' | 'measured' | 'kept' | 'assumed'
}

/**
 * Work (multiply-adds) from which the measured choice counts. Smaller operations always run as assumed: for
 * them the choice hardly matters, and measuring would delay them. An operation's variant does not depend on earlier
 * operations, so a replayed run gives the same bits.
 */
const largeWork = 2 ** 24

/** Multiply-adds of the calibration problem: grown until the slower variant takes long enough (ms). */
const calibrationWork = [2 ** 21, 2 ** 24, 2 ** 27, 2 ** 30]
const longEnough = 5

/** Larger tiles are tried where `workgroup` has more than this share of the rate of `register`. */
const nearRate = 0.7

/** An operation with two variants. */
export interface Varied {
  readonly shader: { readonly source: string }
  /** Larger tiles of the variant `workgroup` that may be faster, and the bytes of workgroup memory of one. */
  readonly largerTiles: readonly Lanes[]
  workgroupBytes(lanes: Lanes): number
  /** Compiles the candidate, and rejects if that is not possible. */
  compile(candidate: Candidate): Promise<unknown>
  /** Runs work of about so many multiply-adds as the candidate, and resolves with the milliseconds of the device. */
  trial(candidate: Candidate, work: number): Promise<number>
}

/** What decides beside the operation. */
interface Surroundings {
  readonly forced: Candidate | undefined
  readonly owner: {
    readonly adapter: string
    readonly variant: Variant | undefined
    readonly device: { readonly limits: GPUSupportedLimits }
  }
  readonly queue: { rate: number }
  readonly store: MeasurementStore | undefined
}

const bothVariants: readonly Candidate[] = [{ variant: 'register' }, { variant: 'workgroup' }]
const ofTile = (lanes: Lanes): Candidate => ({ variant: 'workgroup', lanes })

export class Variants {
  private readonly assumed: VariantChoice
  private current: VariantChoice
  /** Those that the adapter can run, the usual ones first. */
  private readonly candidates: readonly Candidate[]
  private readonly kept: Kept | undefined
  /** Read since the backend was opened; undefined where nothing is measured. */
  private readonly earlier: Promise<Measurement | undefined> | undefined

  constructor(
    private readonly context: Surroundings,
    name: string,
    private readonly operation: Varied,
  ) {
    const { forced, owner, store } = context
    const { shader, largerTiles, workgroupBytes } = operation
    const { maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupStorageSize } = owner.device.limits
    const runs = (lanes: Lanes) =>
      lanes[0] * lanes[1] <= maxComputeInvocationsPerWorkgroup &&
      workgroupBytes(lanes) <= maxComputeWorkgroupStorageSize
    this.candidates = [...bothVariants, ...largerTiles.filter(runs).map(ofTile)]
    // an operation that has no such tile takes its usual one
    const tile = largerTiles.map(ofTile).find((one) => forced && nameOf(one) === nameOf(forced))
    this.assumed = forced
      ? { ...(tile ?? { variant: forced.variant }), because: 'forced' }
      : { variant: owner.variant ?? 'workgroup', because: 'assumed' }
    this.current = this.assumed
    if (forced || owner.variant || !store) return
    const measured = { source: shader.source, names: this.candidates.map(nameOf) }
    this.kept = new Kept(store, [owner.adapter, name], measured)
    this.earlier = this.kept.read()
  }

  get choice(): VariantChoice {
    return this.current
  }

  /** What an operation of this size runs as; reads what is kept or measures first, once, when that is worthwhile. */
  for(work: number): VariantChoice | Promise<VariantChoice> {
    const { forced, owner } = this.context
    if (work < largeWork || forced || owner.variant) return this.assumed
    return this.current === this.assumed ? this.choose() : this.current
  }

  private async choose(): Promise<VariantChoice> {
    const earlier = await this.earlier
    const measurement = earlier ?? (await this.measure())
    const rateOf = (candidate: Candidate) => measurement.rates[nameOf(candidate)] ?? 0
    const best = this.candidates.reduce((one, other) => (rateOf(other) > rateOf(one) ? other : one))
    this.current = { ...best, because: earlier ? 'kept' : 'measured', ...measurement }
    // where no candidate compiles, running one reports it
    if (rateOf(best) > 0) {
      this.context.queue.rate = rateOf(best)
      if (!earlier) void this.kept?.write(measurement)
    }
    return this.current
  }

  private async measure(): Promise<Measurement> {
    const rates: Record<string, number> = {}
    const time = async (candidate: Candidate, work: number) => {
      const milliseconds = await this.operation.trial(candidate, work)
      rates[nameOf(candidate)] = (1000 * work) / Math.max(milliseconds, 1e-3)
      return milliseconds
    }
    const both = await this.compiled(bothVariants)
    let work = 0
    for (work of calibrationWork) {
      let slower = 0
      for (const candidate of both) slower = Math.max(slower, await time(candidate, work))
      if (slower >= longEnough) break
    }
    const { register = 0, workgroup = 0 } = rates
    if (workgroup > nearRate * register)
      for (const candidate of await this.compiled(this.candidates.slice(bothVariants.length)))
        await time(candidate, work)
    return { rates, work }
  }

  /** Those that compile here. All compile at the same time. */
  private async compiled(candidates: readonly Candidate[]): Promise<Candidate[]> {
    const all = await Promise.allSettled(candidates.map((candidate) => this.operation.compile(candidate)))
    return candidates.filter((_, i) => all[i].status === 'fulfilled')
  }
}
