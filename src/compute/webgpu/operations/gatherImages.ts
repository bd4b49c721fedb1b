import source from '../../../../shaders/gatherImages.wgsl?raw'
import { checkGatherImages, type GatherImagesOperations } from '../../operations/gatherImages.ts'
import type { Context } from '../context.ts'
import { Shader, writtenFields, writtenPlace } from '../shader.ts'

export const gatherImagesShader = new Shader('gatherImages', source, {
  groups: 'u32',
  batch: 'u32',
  words: 'u32',
  images: 'u32',
  ...writtenFields('output'),
})

export const gatherImages = (context: Context): GatherImagesOperations => ({
  gatherImages(groups, output, images, indices) {
    const checked = checkGatherImages(context.given('gatherImages'), groups, output, images, indices)
    const { output: to, words, imageCount } = checked
    const invocations = groups * to.rows * words
    context.run(gatherImagesShader, {
      fields: { groups, batch: to.rows, words, images: imageCount, ...writtenPlace('output', to) },
      buffers: [to.tensor, checked.images, checked.indices],
      invocations,
      work: 4 * invocations,
    })
  },
})
