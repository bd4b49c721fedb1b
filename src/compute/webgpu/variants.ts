/**
 * Some operations have two variants: `register`, without workgroup memory, and `workgroup`, with it. Which is
 * faster depends on the hardware by a factor of two and more, either way, and is measured. On adapters that compute on
 * the CPU it is known: the other one is neither compiled nor measured there.
 */
import type { Variant } from './adapter.ts'
import type { Device } from './device.ts'
import type { Queue } from './queue.ts'

export interface VariantChoice {
  /** The variant of large operations. */
  readonly variant: Variant
  /** 'forced' by the caller, 'measured', or 'assumed' on a software adapter and while nothing large was asked for. */
  readonly because: 'forced' | 'measured' | 'assumed'
  /** Multiply-adds per second of each variant, where measured. */
  readonly rates?: Readonly<Record<Variant, number>>
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

/** An operation with two variants. */
export interface Varied {
  /** Starts compiling the variant. */
  compile(variant: Variant): unknown
  /** Runs work of about so many multiply-adds as the variant, and resolves with the milliseconds of the device. */
  trial(variant: Variant, work: number): Promise<number>
}

export class Variants {
  private readonly assumed: Variant
  private current: VariantChoice

  constructor(
    private readonly context: {
      readonly forced: Variant | undefined
      readonly owner: Device
      readonly queue: Queue
    },
    private readonly operation: Varied,
  ) {
    const { forced, owner } = context
    this.assumed = forced ?? owner.variant ?? 'workgroup'
    this.current = { variant: this.assumed, because: forced ? 'forced' : 'assumed' }
  }

  get choice(): VariantChoice {
    return this.current
  }

  /** The variant for an operation of this size; measures first, once, when that is worthwhile. */
  for(work: number): Variant | Promise<Variant> {
    const { forced, owner } = this.context
    if (work < largeWork || forced || owner.variant) return this.assumed
    return this.current.because === 'measured' ? this.current.variant : this.measure()
  }

  private async measure(): Promise<Variant> {
    // both variants compile at the same time
    this.operation.compile('register')
    this.operation.compile('workgroup')
    for (const work of calibrationWork) {
      const register = await this.operation.trial('register', work)
      const workgroup = await this.operation.trial('workgroup', work)
      const rate = (milliseconds: number) => (1000 * work) / Math.max(milliseconds, 1e-3)
      this.current = {
        variant: register <= workgroup ? 'register' : 'workgroup',
        because: 'measured',
        rates: { register: rate(register), workgroup: rate(workgroup) },
      }
      if (Math.max(register, workgroup) >= longEnough) break
    }
    this.context.queue.rate = this.current.rates![this.current.variant]
    return this.current.variant
  }
}
