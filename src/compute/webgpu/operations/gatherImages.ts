import source from '../../../../shaders/gatherImages.wgsl?raw'
import { u32, written } from '../../layout.ts'
import { checkGatherImages } from '../../operations/gatherImages.ts'
import { operation } from '../context.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('gatherImages', source, {
  ...u32('groups', 'batch', 'words', 'images'),
  ...written('output'),
})

export const gatherImages = operation(checkGatherImages, (context, checked) => {
  const { groups, output, words, imageCount } = checked
  const invocations = groups * output.rows * words
  context.run(shader, {
    fields: { groups, batch: output.rows, words, images: imageCount, output },
    buffers: [output, checked.images, checked.indices],
    invocations,
    work: 4 * invocations,
  })
})
