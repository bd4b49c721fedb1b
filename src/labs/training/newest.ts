/** Adds the newest measurement to the curves. A pause may measure at a step that the curves leave out. */
import type { MeasuredNumbers, ModelFrame, TrainingFrame } from './frame.ts'

const curves = {
  validationLosses: 'validationLoss',
  logitStds: 'logitStd',
  ownProbabilities: 'ownProbability',
  alignments: 'alignment',
} as const satisfies Partial<Record<keyof ModelFrame, keyof MeasuredNumbers>>

export function toNewest(data: TrainingFrame): TrainingFrame {
  const { models, measuredSteps, measuredStep } = data
  if (!models || !(measuredStep > (measuredSteps.at(-1) ?? -1))) return data
  const longer = (model: ModelFrame): ModelFrame => ({
    ...model,
    ...Object.fromEntries(
      Object.entries(curves).map(([curve, name]) => [
        curve,
        Float32Array.of(...model[curve as keyof typeof curves], model.newest[name]),
      ]),
    ),
  })
  return {
    ...data,
    models: [longer(models[0]), longer(models[1])],
    measuredSteps: Float32Array.of(...measuredSteps, measuredStep),
  }
}
