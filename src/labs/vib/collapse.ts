/**
 * A model that has lost its code and does not find it again. From β = 1 on, no code is worth its price: the best loss
 * is that of a blind guess. When β is small again a model recovers, in 50 to 100 steps after β = 1. After β = 100 or
 * more it did not in 1,000 steps: Adam divides its steps by the size of past gradients, and forgets 0.1 % a step.
 */
import type { Evaluation } from './frame.ts'

/** From here on no code is worth its price. */
const costly = 1
/** Up to here every fresh model soon finds a code. */
const small = 0.1
/** So near to the cross-entropy of a blind guess, in nats, a code says next to nothing. */
const blind = Math.LN10 - 0.1
/** Steps without recovery after which it is said. */
const patience = 300

/**
 * The step of the first evaluation since which the model is blind, though its β is small and was large before; −1 for
 * all others, and until `patience` steps have passed.
 * @param largest the largest β that the model has trained with
 * @param beta the β that is set now
 */
export function collapsedSince(
  evaluations: readonly Evaluation[],
  model: number,
  largest: number,
  beta: number,
): number {
  if (!(largest >= costly && beta <= small)) return -1
  const stays = ({ betas, distortion }: Evaluation) => betas[model] <= small && distortion[model] > blind
  const first = evaluations[evaluations.findLastIndex((one) => !stays(one)) + 1]
  const last = evaluations.at(-1)
  return first && last && last.step - first.step >= patience ? first.step : -1
}
