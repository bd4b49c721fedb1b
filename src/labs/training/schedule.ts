/** At which steps a run does more than train. */

/** Whether a step's measurement belongs to the curves: it does at 0…20 and every tenth. */
export const isMeasured = (step: number) => step <= 20 || step % 10 === 0

/** Whether the models write a line at a step. */
export const isWritten = (step: number) => step % 50 === 0
