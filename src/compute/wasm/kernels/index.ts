/** What the module exports; each operation in the file of its name. Pointers are bytes, sizes are elements. */
export { adam } from './adam'
export { addSoftmax } from './addSoftmax'
export { allFinite } from './allFinite'
export { columnSums } from './columnSums'
export { countErrors } from './countErrors'
export { crossEntropy } from './crossEntropy'
export { gatherImages } from './gatherImages'
export { gaussianFit, gaussianFitScratch } from './gaussianFit'
export { layerNorm } from './layerNorm'
export { logitLoss, logitLossScratch } from './logitLoss'
export { matrixProduct, matrixProductScratch } from './matrixProduct'
export { modelProduct } from './modelProduct'
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
