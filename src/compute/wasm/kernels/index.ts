/** What the module exports; each operation in the file of its name. Pointers are bytes, sizes are elements. */
export { adam } from './adam'
export { addSoftmax } from './addSoftmax'
export { allFinite } from './allFinite'
export { causalAttention, causalAttentionScratch } from './causalAttention'
export { causalAttentionGradient, causalAttentionGradientScratch } from './causalAttentionGradient'
export { columnSums } from './columnSums'
export { countErrors } from './countErrors'
export { crossEntropy } from './crossEntropy'
export { gatherImages } from './gatherImages'
export { gaussianFit, gaussianFitScratch } from './gaussianFit'
export { gatherRows, scatterAddRows } from './gatherRows'
export { gelu, geluGradient } from './gelu'
export { layerNorm } from './layerNorm'
export { layerNormGradient } from './layerNormGradient'
export { logitLoss, logitLossScratch } from './logitLoss'
export { matrixProduct, matrixProductScratch } from './matrixProduct'
export { modelProduct } from './modelProduct'
export { clipNorm, rowNorms } from './norms'
export { planeFit } from './planeFit'
export { randomBits } from './randomBits'
export { randomNormal } from './randomNormal'
export { runningAverage } from './runningAverage'
export { sampleLatent } from './sampleLatent'
export { sampleLatentGradient } from './sampleLatentGradient'
export { vocabularyLoss, vocabularyLossScratch } from './vocabularyLoss'
export { vocabularyLossGradient, vocabularyLossGradientScratch } from './vocabularyLossGradient'
export { weightedSum } from './weightedSum'

/** Where free memory begins, behind the constants. */
export function heapBase(): usize {
  return __heap_base
}
