/**
 * Mesa's llvmpipe gives Vulkan to machines without a GPU. It ends the loops of an invocation after 65,535 iterations of
 * all loops together, without an error (LP_MAX_TGSI_LOOP_ITERATIONS): the rest of the work is missing.
 */
const mostIterations = 60_000

/** Steps of a loop that one dispatch may make, for the iterations of a step's loops; each loop's end counts as one. */
export const stepsWithin = (iterations: number) => Math.max(1, Math.floor(mostIterations / iterations))
