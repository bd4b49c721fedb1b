/** The kernels' exports, as build.ts found them. Addresses in bytes, sizes in elements. */
export interface Kernels {
  adam(parameters: number, gradients: number, firstMoments: number, secondMoments: number, count: number, decay1: number, share1: number, rate: number, rootFactor: number): void
  addSoftmax(probabilities: number, logits: number, rows: number, classes: number): void
  causalAttentionScratch(context: number, width: number): number
  causalAttention(probabilities: number, output: number, projected: number, sequences: number, context: number, heads: number, width: number, scratch: number): void
  causalAttentionGradientScratch(context: number, width: number): number
  causalAttentionGradient(projectedGradient: number, projected: number, probabilities: number, outputGradient: number, sequences: number, context: number, heads: number, width: number, scratch: number): void
  clipNorm(values: number, count: number, limit: number): number
  columnSums(output: number, input: number, rows: number, columns: number, first: number, count: number): void
  copy(output: number, input: number, count: number): void
  countErrors(scores: number, labels: number, rows: number, classes: number): number
  crossEntropy(losses: number, gradient: number, logits: number, labels: number, rows: number, classes: number): void
  gatherImages(output: number, images: number, indices: number, rows: number, words: number, imageCount: number): void
  gatherRows(output: number, table: number, indices: number, positions: number, scale: number, rows: number, words: number, context: number, columns: number): void
  gaussianFitScratch(panels: number): number
  gaussianFit(address: number, first: number, count: number, scratch: number): void
  gelu(output: number, input: number, count: number): void
  geluGradient(output: number, input: number, gradient: number, count: number): void
  layerNorm(output: number, input: number, rows: number, columns: number): void
  layerNormGradient(output: number, input: number, gradient: number, rows: number, columns: number): void
  logitLossScratch(tokens: number, dModel: number, histogramBins: number): number
  logitLoss(sliceAddress: number, stateAddress: number, scratch: number): void
  logitTileWords(): number
  logitPanelBytes(tokens: number, dModel: number): number
  logitPanels(sliceAddress: number, stateAddress: number): void
  logitTilesScratch(dModel: number): number
  logitTiles(sliceAddress: number, stateAddress: number, word: number, first: number, tiles: number, scratch: number): void
  logitCountBytes(histogramBins: number): number
  logitReductionScratch(tokens: number): number
  logitReduction(sliceAddress: number, stateAddress: number, word: number, tiles: number, firstToken: number, count: number, counts: number, scratch: number): void
  logitHistogram(stateAddress: number, counts: number): void
  markFinite(alive: number, values: number, count: number): void
  modelProductScratch(rows: number, inner: number, columns: number): number
  modelProductGroups(address: number): number
  modelProduct(address: number, firstGroup: number, groups: number, firstRow: number, rowCount: number, firstColumn: number, columnCount: number, scratch: number): void
  planeFit(address: number, first: number, count: number): void
  randomBits(output: number, rows: number, columns: number, firstRow: number, stream: number, batch: number, seed: number): void
  randomNormal(output: number, rows: number, columns: number, indices: number, firstRow: number, stream: number, batch: number, seed: number): void
  rowNorms(output: number, input: number, rows: number, columns: number): void
  runningAverage(average: number, parameters: number, count: number, kept: number): void
  sampleLatent(latent: number, rates: number, encoded: number, noise: number, rows: number, columns: number): void
  sampleLatentGradient(output: number, encoded: number, noise: number, latentGradient: number, share: number, rows: number, columns: number): void
  scatterAddRows(output: number, input: number, indices: number, scale: number, rows: number, words: number, columns: number, first: number, count: number): void
  vocabularyLossScratch(rows: number, width: number): number
  vocabularyLoss(logSumExps: number, losses: number, hidden: number, table: number, labels: number, rows: number, words: number, width: number, scratch: number): void
  vocabularySliceWords(): number
  vocabularyHiddenPanelBytes(rows: number, width: number): number
  vocabularyTransposedBytes(rows: number, width: number): number
  vocabularyTablePanelBytes(width: number): number
  vocabularySlopeBytes(rows: number): number
  vocabularySliceScratch(width: number): number
  vocabularyPanels(address: number): void
  vocabularySlice(address: number, word: number, place: number, scratch: number): void
  vocabularyRows(address: number, word: number, slices: number, first: number, count: number): void
  weightedSum(output: number, first: number, firstScale: number, second: number, secondScale: number, count: number): void
  heapBase(): number
  knownPages(): number
  ownBytes(): number
  useOwn(address: number): void
}
