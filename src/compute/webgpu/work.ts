/** What several operations take, roughly, in multiply-adds, and how their kernels are laid out. */

/** An exponential and what goes with it. */
export const exponentialWork = 40
/** A GELU or its slope. */
export const geluWork = 40
/** Invocations that share a row in rowTotals.wgsl. */
export const rowLanes = 8
