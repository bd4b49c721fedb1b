/** The expected first loss against d_model, one curve a scheme, computed a few points at a time. */
import { type Scheme, schemeStd } from '../common/schemes.ts'
import type { InitValues } from './parameters.ts'
import { expectedLoss } from './theory.ts'

/** Widths at which the curves are evaluated: whole numbers, at about equal ratios, from 16 to 4,096. */
export const curveWidths = Float32Array.from({ length: 33 }, (_, index) => Math.round(2 ** (4 + index / 4)))

export interface TheoryCurve {
  readonly scheme: Scheme
  /** Loss in nats at `curveWidths`; NaN where not computed yet. */
  readonly loss: Float32Array
}

function key(values: InitValues, scheme: Scheme): string {
  const { vocab, hidden, alignment, std } = values
  return JSON.stringify([scheme, vocab, hidden === 'tied' && alignment, scheme === 'custom' && std])
}

export class TheoryCurves {
  /** Every curve that was needed, oldest first. They are few, so all are kept. */
  private readonly known = new Map<string, Float32Array>()
  private readonly limit = 64

  /** The curves shown for these values: the three fixed schemes, and `custom` while it is chosen. */
  curves(values: InitValues): TheoryCurve[] {
    const schemes: Scheme[] = ['unit', 'inverseSqrt', 'gpt2']
    if (values.scheme === 'custom') schemes.push('custom')
    return schemes.map((scheme) => ({ scheme, loss: this.curve(values, scheme) }))
  }

  private curve(values: InitValues, scheme: Scheme): Float32Array {
    const name = key(values, scheme)
    const loss = this.known.get(name) ?? new Float32Array(curveWidths.length).fill(Number.NaN)
    this.known.delete(name)
    this.known.set(name, loss)
    if (this.known.size > this.limit) this.known.delete(this.known.keys().next().value as string)
    return loss
  }

  /** Computes missing points for about `budget` milliseconds; returns true when none is missing. */
  work(values: InitValues, budget: number): boolean {
    const start = performance.now()
    for (const { scheme, loss } of this.curves(values)) {
      for (const [index, width] of curveWidths.entries()) {
        if (!Number.isNaN(loss[index])) continue
        if (performance.now() - start > budget) return false
        const std = schemeStd(scheme, width, values.std)
        const alignment = values.hidden === 'tied' ? values.alignment : undefined
        loss[index] = expectedLoss(values.vocab, width, std, alignment)
      }
    }
    return true
  }
}
