import { checkSampleLatent, type SampleLatentOperations } from '../../operations/sampleLatent.ts'
import type { Context } from '../context.ts'
import { place } from '../tensor.ts'

export const sampleLatent = (context: Context): SampleLatentOperations => ({
  sampleLatent(parameters) {
    const checked = checkSampleLatent(context.given('sampleLatent'), parameters)
    const { models, encoded, noise, latent, rates } = checked
    for (let model = 0; model < models; model++) {
      const [to, sums, from, normals] = [latent, rates, encoded, noise].map((each) => place(each, model))
      context.kernels.sampleLatent(to, sums, from, normals, latent.rows, latent.columns)
    }
  },
})
