/** The list of operations. Each file has the arguments of an operation, and their check for both backends. */
export type Operations = import('./adam.ts').AdamOperations &
  import('./addSoftmax.ts').AddSoftmaxOperations &
  import('./causalAttention.ts').CausalAttentionOperations &
  import('./causalAttentionGradient.ts').CausalAttentionGradientOperations &
  import('./clipNorm.ts').ClipNormOperations &
  import('./columnSums.ts').ColumnSumsOperations &
  import('./copy.ts').CopyOperations &
  import('./countErrors.ts').CountErrorsOperations &
  import('./crossEntropy.ts').CrossEntropyOperations &
  import('./gatherImages.ts').GatherImagesOperations &
  import('./gatherRows.ts').GatherRowsOperations &
  import('./gaussianFit.ts').GaussianFitOperations &
  import('./gelu.ts').GeluOperations &
  import('./geluGradient.ts').GeluGradientOperations &
  import('./layerNorm.ts').LayerNormOperations &
  import('./layerNormGradient.ts').LayerNormGradientOperations &
  import('./logitLoss.ts').LogitLossOperations &
  import('./markFinite.ts').MarkFiniteOperations &
  import('./modelProduct.ts').ModelProductOperations &
  import('./planeFit.ts').PlaneFitOperations &
  import('./randomBits.ts').RandomBitsOperations &
  import('./randomNormal.ts').RandomNormalOperations &
  import('./rowNorms.ts').RowNormsOperations &
  import('./runningAverage.ts').RunningAverageOperations &
  import('./sampleLatent.ts').SampleLatentOperations &
  import('./sampleLatentGradient.ts').SampleLatentGradientOperations &
  import('./scatterAddRows.ts').ScatterAddRowsOperations &
  import('./vocabularyLoss.ts').VocabularyLossOperations &
  import('./vocabularyLossGradient.ts').VocabularyLossGradientOperations &
  import('./weightedSum.ts').WeightedSumOperations
