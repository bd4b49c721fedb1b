import { checkGatherImages, type GatherImagesOperations } from '../../operations/gatherImages.ts'
import type { Context } from '../context.ts'
import { elementBytes, place } from '../tensor.ts'

export const gatherImages = (context: Context): GatherImagesOperations => ({
  gatherImages(groups, output, images, indices) {
    const checked = checkGatherImages(context.given('gatherImages'), groups, output, images, indices)
    const { output: to, words, imageCount } = checked
    for (let group = 0; group < groups; group++) {
      const chosen = checked.indices.address + elementBytes * group * to.rows
      const target = place(to, group)
      context.kernels.gatherImages(target, checked.images.address, chosen, to.rows, words, imageCount)
    }
  },
})
