import { checkSampleLatent } from '../../operations/sampleLatent.ts'
import { operation } from '../context.ts'
import { placeAt } from '../tensor.ts'

export const sampleLatent = operation(checkSampleLatent, (context, checked) => {
  const { models, rows, columns, latent, rates, encoded, noise } = checked
  context.share('sampleLatent', {
    ...{ models, items: rows, unit: 16, cost: 5 * columns },
    call: (model, row, part) => {
      const first = row * columns
      return [
        ...([placeAt(latent, model, first), placeAt(rates, model, row)] as const),
        ...([placeAt(encoded, model, 2 * first), placeAt(noise, model, first), part, columns] as const),
      ]
    },
  })
})
