import source from '../../../../shaders/gatherImages.wgsl?raw'
import { u32, written } from '../../layout.ts'
import { checkGatherImages, type GatherImagesOperations } from '../../operations/gatherImages.ts'
import type { Context } from '../context.ts'
import { Shader } from '../shader.ts'

export const gatherImagesShader = new Shader('gatherImages', source, {
  ...u32('groups', 'batch', 'words', 'images'),
  ...written('output'),
})

export const gatherImages = (context: Context): GatherImagesOperations => ({
  gatherImages(groups, output, images, indices) {
    const checked = checkGatherImages(context.given('gatherImages'), groups, output, images, indices)
    const { output: to, words, imageCount } = checked
    const invocations = groups * to.rows * words
    context.run(gatherImagesShader, {
      fields: { groups, batch: to.rows, words, images: imageCount, output: to },
      buffers: [to.tensor, checked.images, checked.indices],
      invocations,
      work: 4 * invocations,
    })
  },
})
