import { type Arguments, described } from '../arguments.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface RunningAverageArguments {
  /** float32 [models, parameters], both. */
  readonly average: Tensor
  readonly parameters: Tensor
  /** float32 [models]: averages of models whose entry is 0 are left as they are. */
  readonly alive: Tensor
  /** Share of the average that stays, 0…1; the rest is the parameters'. */
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
