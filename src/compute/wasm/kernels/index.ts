/** What the module exports; each operation in the file of its name. Pointers are bytes, sizes are elements. */
export { addSoftmax } from './addSoftmax'
export { countErrors } from './countErrors'
export { crossEntropy } from './crossEntropy'
export { gatherImages } from './gatherImages'
export { gaussianFit, gaussianFitScratch } from './gaussianFit'
export { layerNorm } from './layerNorm'
export { logitLoss, logitLossScratch } from './logitLoss'
export { matrixProduct, matrixProductScratch } from './matrixProduct'
export { planeFit } from './planeFit'
export { randomBits } from './randomBits'
export { randomNormal } from './randomNormal'
export { sampleLatent } from './sampleLatent'
export { sampleLatentGradient } from './sampleLatentGradient'
export { weightedSum } from './weightedSum'

/** Where free memory begins, behind the constants. */
export function heapBase(): usize {
  return __heap_base
}
