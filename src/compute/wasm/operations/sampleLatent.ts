import { checkSampleLatent } from '../../operations/sampleLatent.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const sampleLatent = operation(checkSampleLatent, ({ kernels }, checked) => {
  const { models, rows, columns, latent, rates, encoded, noise } = checked
  eachModel(models, [latent, rates, encoded, noise], (to, sums, from, normals) =>
    kernels.sampleLatent(to, sums, from, normals, rows, columns),
  )
})
