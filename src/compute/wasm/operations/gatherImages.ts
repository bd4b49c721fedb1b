import { checkGatherImages } from '../../operations/gatherImages.ts'
import { operation } from '../context.ts'
import { eachModel, elementBytes } from '../tensor.ts'

export const gatherImages = operation(
  checkGatherImages,
  ({ kernels }, { groups, output, images, indices, imageCount, words }) =>
    eachModel(groups, [output], (to, group) => {
      const chosen = indices.address + elementBytes * group * output.rows
      kernels.gatherImages(to, images.address, chosen, output.rows, words, imageCount)
    }),
)
