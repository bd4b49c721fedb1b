import { checkGatherImages } from '../../operations/gatherImages.ts'
import { operation } from '../context.ts'
import { at, placeAt } from '../tensor.ts'

export const gatherImages = operation(checkGatherImages, (context, checked) => {
  const { groups, output, images, indices, imageCount, words } = checked
  context.share('gatherImages', {
    ...{ models: groups, items: output.rows, cost: words },
    call: (group, row, part) => [
      ...([placeAt(output, group, row * output.columns), images.address] as const),
      ...([at(indices, group * output.rows + row), part, words, imageCount] as const),
    ],
  })
})
