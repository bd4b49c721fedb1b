import { checkSampleLatentGradient } from '../../operations/sampleLatentGradient.ts'
import { operation } from '../context.ts'
import { placeAt } from '../tensor.ts'

export const sampleLatentGradient = operation(checkSampleLatentGradient, (context, checked) => {
  const { models, rows, columns, encoded, noise, latentGradient, output } = checked
  const betas = context.memory.float32(checked.betas.address, models).slice()
  context.share('sampleLatentGradient', {
    ...{ models, items: rows, cost: 6 * columns },
    call: (model, row, part) => {
      const first = row * columns
      return [
        ...([placeAt(output, model, 2 * first), placeAt(encoded, model, 2 * first)] as const),
        ...([placeAt(noise, model, first), placeAt(latentGradient, model, first)] as const),
        ...([betas[model] / rows, part, columns] as const),
      ]
    },
  })
})
