import { checkSampleLatentGradient } from '../../operations/sampleLatentGradient.ts'
import { operation } from '../context.ts'
import { eachModel } from '../tensor.ts'

export const sampleLatentGradient = operation(checkSampleLatentGradient, ({ kernels, memory }, checked) => {
  const { models, rows, columns, encoded, noise, latentGradient, output } = checked
  const betas = memory.float32(checked.betas.address, models)
  eachModel(models, [output, encoded, noise, latentGradient], (to, from, normals, pull, model) =>
    kernels.sampleLatentGradient(to, from, normals, pull, betas[model] / rows, rows, columns),
  )
})
