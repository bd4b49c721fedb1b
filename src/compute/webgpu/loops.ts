/**
 * Mesa's llvmpipe, on which machines without a GPU have Vulkan, ends the loops of an invocation after 65,535 iterations,
 * those of all its loops together, and says nothing (LP_MAX_TGSI_LOOP_ITERATIONS): the rest of the work is missing.
 */
const mostIterations = 60_000

/** Steps of a loop that one dispatch may make, given the iterations of a step's loops; each loop's end counts as one. */
export const stepsWithin = (iterations: number) => Math.max(1, Math.floor(mostIterations / iterations))
