/** What an operation with two variants can run as. Which candidate is the fastest is measured: see variants.ts. */
import type { Lanes, Variant } from './adapter.ts'

export interface Candidate {
  readonly variant: Variant
  /** Of a larger tile of the variant `workgroup`. All its tiles give the same bits. */
  readonly lanes?: Lanes
}

/** Those of the variant `workgroup` everywhere but in a larger tile. */
export const usualLanes: Lanes = [8, 8]

/** As `workgroup 128 × 64`: a lane computes 8 × 8. */
export const nameOf = ({ variant, lanes }: Candidate): string =>
  lanes ? `${variant} ${lanes.map((count) => 8 * count).join(' × ')}` : variant
