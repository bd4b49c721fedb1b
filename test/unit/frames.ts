/** Frames of every lab with something in each panel: made up, for tests of what the views draw. */

import type { Scheme } from '../../src/labs/common/schemes.ts'
import type { InitFrame } from '../../src/labs/init/frame.ts'
import { curveWidths } from '../../src/labs/init/theoryCurves.ts'
import type { KlFrame, LineFit, PlaneFit } from '../../src/labs/kl/frame.ts'
import { localMinima } from '../../src/labs/kl/minima.ts'
import { typed } from '../../src/labs/kl/parameters.ts'
import { lineComponents, planeComponents } from '../../src/labs/kl/targets.ts'
import { divergence } from '../../src/labs/kl/theory.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import type { ModelFrame, TrainingFrame } from '../../src/labs/training/frame.ts'
import type { Evaluation, LatentSpace, VibFrame } from '../../src/labs/vib/frame.ts'

const one = (value: number) => Float32Array.of(value)

function klFrame(given: ParameterValues): KlFrame {
  const values = typed(given)
  if (values.family === 'uniform') return { family: 'uniform' }
  const common = { rest: { diverged: 0, held: 0, moving: 0 }, followed: 1, cutShort: false }
  if (values.family === 'gaussian2d') {
    const fitOf = (kind: PlaneFit['divergence']): PlaneFit => ({
      divergence: kind,
      ...{ mean: [0, 0], covariance: [1, 0, 1], value: 0.83, diverged: false, optima: [] },
      path: Float32Array.of(0, 0, 0, 0.83, 1, 0.1, 0, 0.83),
    })
    return {
      family: 'gaussian2d',
      components: planeComponents(values),
      ...{ forward: fitOf('forward'), reverse: fitOf('reverse'), basins: [] },
      ...{ particles: Float32Array.of(0, 0, 1, 0, 1), particleBasins: Uint8Array.of(0), ...common },
    }
  }
  const components = lineComponents(values)
  const fitOf = (kind: LineFit['divergence']): LineFit => ({
    divergence: kind,
    ...{ mu: 1.5, sigma: 0.5, diverged: false },
    value: divergence(kind, components, 1.5, 0.5, values.alpha).value,
    path: Float32Array.of(0, 1.5, Math.log(0.5), 1, 1, 1.6, Math.log(0.5), 0.9),
    optima: localMinima(kind, components, { alpha: values.alpha }),
  })
  const reverse = fitOf('reverse')
  return {
    family: 'gaussian1d',
    ...{ components, forward: fitOf('forward'), reverse },
    third: values.third === 'none' ? undefined : fitOf(values.third),
    landscape: {
      divergence: 'reverse',
      mu: Float32Array.of(-9, 9),
      logSigma: Float32Array.of(-2, 2),
      values: Float32Array.of(1, 2, 3, 4),
    },
    ...{ particles: Float32Array.of(1, 0, -1, 0), particleBasins: Uint8Array.of(0, 1) },
    basins: reverse.optima.map((optimum) => ({ ...optimum, share: 1 / reverse.optima.length })),
    ...common,
  }
}

function initFrame({ scheme, dModel }: ParameterValues): InitFrame {
  const schemes = [scheme, scheme === 'unit' ? 'inverseSqrt' : 'unit'] as [Scheme, Scheme]
  const all = [...new Set([...schemes, 'gpt2' as const])]
  const schemeFrame = (scheme: Scheme) => ({ scheme, std: 0.1, landscape: one(0.5) })
  return {
    ...{ wordsSeen: 1000, outside: 0, landscapeRows: 1, landscapeBins: 1 },
    histogramEdges: Float32Array.of(-1, 0, 1),
    histogramDensity: Float32Array.of(0.5, 0.5),
    schemes: [schemeFrame(schemes[0]), schemeFrame(schemes[1])],
    curves: all.map((scheme) => ({ scheme, loss: curveWidths.map(() => 11) as unknown as Float32Array })),
    measured: schemes.map((scheme) => ({
      ...{ scheme, dModel: Number(dModel), loss: 11, standardError: 0.1 },
      ...{ logitVariance: 1, logitVarianceError: 0.1 },
    })),
  }
}

function trainingFrame({ scheme1, scheme2 }: ParameterValues): TrainingFrame {
  const model = (scheme: Scheme): ModelFrame => ({
    ...{ scheme, std: 1, losses: Float32Array.of(9, 8) },
    newest: { validationLoss: 8, logitStd: 1, ownProbability: 0.5, alignment: 0.5 },
    validationLosses: Float32Array.of(9, 8),
    logitStds: Float32Array.of(1, 1),
    ownProbabilities: Float32Array.of(0.5, 0.4),
    alignments: Float32Array.of(0.5, 0.4),
    histogramEdges: Float32Array.of(-1, 0, 1),
    histogramDensity: Float32Array.of(0.5, 0.5),
    ...{ landscape: one(0.5), rowNorms: Float32Array.of(2, 1) },
    ...{ firstContinuation: 'to to', continuation: 'to the', continuationStep: 1, stoppedAt: -1 },
  })
  return {
    loading: undefined,
    models: [model(scheme1 as Scheme), model(scheme2 as Scheme)],
    measuredSteps: Float32Array.of(0, 1),
    ...{ measuredStep: 1, landscapeRows: 1, landscapeBins: 1, ranks: Float32Array.of(1, 10) },
    prompt: 'we have',
    race: { slower: 0, goal: 6, guess: 100, reachedAt: Number.NaN },
    text: { name: 'mine', words: 5000, vocabulary: 700 },
  }
}

function vibFrame({ mode }: ParameterValues): VibFrame {
  const betas = mode === 'one' ? [1e-3] : mode === 'three' ? [1e-6, 1e-3, 100] : [1e-3, 1e-3, 1]
  const each = (value: number) => new Float32Array(betas.length).fill(value)
  const evaluation: Evaluation = {
    ...{ step: 50, epoch: 1, betas, images: 10_000 },
    ...{ trainError: each(0.05), validationError: each(0.1), validationErrorOneSample: each(0.1) },
    ...{ validationErrorMean: each(0.1), rate: each(30), distortion: each(0.5) },
    ...{ sigmaMean: each(0.2), muSpread: each(5) },
  }
  const window = { x: [-4, 4], y: [-4, 4] } as const
  const regions = { columns: 1, rows: 1, domain: window, digits: Uint8Array.of(3), probabilities: one(1) }
  const space = (model: number): LatentSpace => ({
    ...{ model, beta: betas[model], stoppedAt: -1, latentDimensions: 2, dimensions: 2 },
    ...{ projection: 'none', varianceShown: 1, current: 1, image: 1, regionAgreement: undefined },
    means: Float32Array.of(1, 2, 3, 4),
    deviations: Float32Array.of(0.5, 0.25, 0.5, 0.25),
    ...{ predictions: Uint8Array.of(0, 1), rates: Float32Array.of(1, 1), chosen: Uint32Array.of(0) },
    imageCovariance: Float32Array.of(1, 0, 1),
    covariances: Float32Array.of(1, 0, 1),
    samples: Float32Array.of(1, 2),
    sampleImages: Uint32Array.of(0),
    ...{ regions, sharedRegions: regions, domain: window },
  })
  const steps = Float32Array.of(1, 2)
  return {
    loading: undefined,
    models: {
      ...{ betas, trainedBetas: betas, validationImages: 10_000, room: undefined },
      seeds: mode === 'sweep' ? [0, 1, 0] : betas.map(() => 0),
      stoppedAt: betas.map(() => -1),
      collapsedSince: betas.map(() => -1),
      evaluations: [evaluation],
    },
    ...{ shownModel: 0, encoded: 1, labels: Uint8Array.of(0, 1) },
    spaces: mode === 'three' ? [0, 1, 2].map(space) : [space(0)],
    curves: {
      ...{ model: 0, steps, task: steps, weightedRate: steps, total: steps },
      ...{ validationSteps: steps, validation: steps },
    },
    diagram: {
      ...{ model: 0, image: 1, label: 1, side: 1, pixels: Uint8Array.of(9) },
      ...{ mean: [1, 2], sigma: [0.1, 0.2], noise: Float32Array.of(1, 1), latent: Float32Array.of(1.1, 2.2) },
      probabilities: new Float32Array(10).fill(0.1),
    },
    gradients: {
      ...{ model: 0, beta: 1e-3, step: 1 },
      ...{ encoderTask: 1, decoderTask: 1, encoderRate: 1, decoderRate: 0 },
    },
  }
}

const metrics = {
  ...{ loss: 11, lossStandardError: 0.1, lossPredicted: 11, lnVocab: 10.8, unigramEntropy: 6 },
  ...{ logitStd: 1, logitStdPredicted: 1, logitStdStandardError: 0.01, ownLogit: 9, ownLogitPredicted: 9 },
  ...{ ownLogitStandardError: 0.1, maxProbability: 0.1, maxProbabilityStandardError: 0.01 },
  ...{ comparisonMaxProbability: 0.1, comparisonMaxProbabilityStandardError: 0.01 },
  ...{ forwardDiverged: -1, reverseDiverged: -1, thirdDiverged: -1 },
}

const data: Readonly<Record<string, (values: ParameterValues) => unknown>> = {
  kl: klFrame,
  init: initFrame,
  training: trainingFrame,
  vib: vibFrame,
}

/** A frame of a lab with these values. */
export const frameOf = (lab: string, values: ParameterValues) => ({
  ...{ step: 1, ready: true, progress: 1, values, metrics },
  data: data[lab](values),
})
