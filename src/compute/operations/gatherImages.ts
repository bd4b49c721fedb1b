import type { Arguments } from '../arguments.ts'
import { describeMatrices, type Matrices } from '../matrices.ts'
import type { OwnTensor, Tensor } from '../tensor.ts'

export interface GatherImagesOperations {
  /**
   * Pixels of chosen images as −1…1: output [batch, pixels] of `groups` groups, row i of group g is image
   * indices[g · batch + i]. images: uint32 [images, pixels / 4], four bytes a word, the first in the lowest byte;
   * pixels is a multiple of 4. indices: uint32 [groups · batch]; beyond the last image means the last one.
   */
  gatherImages(groups: number, output: Matrices, images: Tensor, indices: Tensor): void
}

export function checkGatherImages<T extends OwnTensor>(
  given: Arguments<T>,
  ...[groups, output, images, indices]: Parameters<GatherImagesOperations['gatherImages']>
) {
  const to = given.written('output', output, given.unsigned('groups', groups, 1))
  if (to.columns % 4 !== 0) given.fail(`output.columns must be a multiple of 4, not ${to.columns}.`)
  const from = given.tensor('images', images, 'uint32')
  const words = to.columns / 4
  given.shape('images', from, [from.shape[0], words], `four pixels a word of ${describeMatrices(to)}`)
  const chosen = given.tensor('indices', indices, 'uint32')
  given.shape('indices', chosen, [groups * to.rows], `${groups} groups of ${describeMatrices(to)}`)
  return { groups, output: to, images: from, indices: chosen, imageCount: from.shape[0], words }
}
