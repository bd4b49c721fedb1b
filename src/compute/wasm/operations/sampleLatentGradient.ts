import {
  checkSampleLatentGradient,
  type SampleLatentGradientOperations,
} from '../../operations/sampleLatentGradient.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const sampleLatentGradient = (context: Context): SampleLatentGradientOperations => ({
  sampleLatentGradient(parameters) {
    const checked = checkSampleLatentGradient(context.given('sampleLatentGradient'), parameters)
    const { models, encoded, noise, latentGradient, output } = checked
    const { rows, columns } = latentGradient
    const betas = context.memory.float32(checked.betas.address, models)
    for (let model = 0; model < models; model++) {
      const matrices = [output, encoded, noise, latentGradient]
      const [to, from, normals, pull] = matrices.map((each) => place(each, model))
      context.kernels.sampleLatentGradient(to, from, normals, pull, betas[model] / rows, rows, columns)
    }
  },
})
