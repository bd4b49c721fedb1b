import { type Arguments, described } from '../arguments.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface RunningAverageArguments {
  /** float32 [models, parameters], both. */
  readonly average: Tensor
  readonly parameters: Tensor
  /** float32 [models]: the averages of models with the entry 0 are not changed. */
  readonly alive: Tensor
  /** Weight of the old average, 0…1; the parameters have the rest. */
  readonly kept: number
}

export interface RunningAverageOperations {
  /** average ← average · kept + parameters · (1 − kept). */
  runningAverage(parameters: RunningAverageArguments): void
}

export function checkRunningAverage<T extends OwnTensor>(
  given: Arguments<T>,
  { kept, ...tensors }: RunningAverageArguments,
) {
  const { rows: average, models, count } = given.modelRows('average', tensors.average)
  const parameters = given.alike('parameters', tensors.parameters, 'average', average)
  const alive = given.tensor('alive', tensors.alive)
  given.shape('alive', alive, [models], described('average', average))
  given.separate({ name: 'average', tensor: average }, [
    { name: 'parameters', tensor: parameters },
    { name: 'alive', tensor: alive },
  ])
  if (!(kept >= 0 && kept <= 1)) given.fail(`kept must be from 0 to 1, not ${kept}.`)
  return { models, count, average, parameters, alive, kept }
}
