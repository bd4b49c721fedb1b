/** Rough costs of several operations in multiply-adds, and the arrangement of their kernels. */

/** Cost of an exponential with the operations around it. */
export const exponentialWork = 40
/** Cost of a GELU or of its derivative. */
export const geluWork = 40
/** Invocations that share a row in rowTotals.wgsl. */
export const rowLanes = 8
