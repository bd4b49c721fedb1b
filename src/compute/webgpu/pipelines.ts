/** Compute pipelines, compiled when first asked for and kept. */
import adam from '../../../shaders/adam.wgsl?raw'
import addSoftmax from '../../../shaders/addSoftmax.wgsl?raw'
import attentionProduct from '../../../shaders/attentionProduct.wgsl?raw'
import causalAttention from '../../../shaders/causalAttention.wgsl?raw'
import causalAttentionGradient from '../../../shaders/causalAttentionGradient.wgsl?raw'
import clipNorm from '../../../shaders/clipNorm.wgsl?raw'
import columnSums from '../../../shaders/columnSums.wgsl?raw'
import copyMatrix from '../../../shaders/copyMatrix.wgsl?raw'
import countErrors from '../../../shaders/countErrors.wgsl?raw'
import crossEntropy from '../../../shaders/crossEntropy.wgsl?raw'
import gatherImages from '../../../shaders/gatherImages.wgsl?raw'
import gatherRows from '../../../shaders/gatherRows.wgsl?raw'
import gaussianFit from '../../../shaders/gaussianFit.wgsl?raw'
import gelu from '../../../shaders/gelu.wgsl?raw'
import geluGate from '../../../shaders/geluGate.wgsl?raw'
import geluGradient from '../../../shaders/geluGradient.wgsl?raw'
import isNan from '../../../shaders/isNan.wgsl?raw'
import layerNorm from '../../../shaders/layerNorm.wgsl?raw'
import layerNormGradient from '../../../shaders/layerNormGradient.wgsl?raw'
import logitLoss from '../../../shaders/logitLoss.wgsl?raw'
import logitLossMerge from '../../../shaders/logitLossMerge.wgsl?raw'
import logitStatistics from '../../../shaders/logitStatistics.wgsl?raw'
import markFinite from '../../../shaders/markFinite.wgsl?raw'
import matrixProduct from '../../../shaders/matrixProduct.wgsl?raw'
import modelProduct from '../../../shaders/modelProduct.wgsl?raw'
import norm from '../../../shaders/norm.wgsl?raw'
import philox from '../../../shaders/philox.wgsl?raw'
import planeFit from '../../../shaders/planeFit.wgsl?raw'
import randomBits from '../../../shaders/randomBits.wgsl?raw'
import randomNormal from '../../../shaders/randomNormal.wgsl?raw'
import rowNorms from '../../../shaders/rowNorms.wgsl?raw'
import rowTotals from '../../../shaders/rowTotals.wgsl?raw'
import runningAverage from '../../../shaders/runningAverage.wgsl?raw'
import sampleLatent from '../../../shaders/sampleLatent.wgsl?raw'
import sampleLatentGradient from '../../../shaders/sampleLatentGradient.wgsl?raw'
import scatterAddRows from '../../../shaders/scatterAddRows.wgsl?raw'
import softmax from '../../../shaders/softmax.wgsl?raw'
import softplus from '../../../shaders/softplus.wgsl?raw'
import vocabularyLoss from '../../../shaders/vocabularyLoss.wgsl?raw'
import vocabularyLossGradient from '../../../shaders/vocabularyLossGradient.wgsl?raw'
import weightedSum from '../../../shaders/weightedSum.wgsl?raw'

/** The WGSL of every kernel. */
export const sources = {
  adam,
  addSoftmax: isNan + softmax + addSoftmax,
  attentionProduct,
  causalAttention: isNan + causalAttention,
  causalAttentionGradient,
  clipNorm: norm + clipNorm,
  columnSums,
  copyMatrix,
  countErrors: isNan + countErrors,
  crossEntropy: isNan + softmax + crossEntropy,
  gatherImages,
  gatherRows,
  gaussianFit,
  gelu: geluGate + gelu,
  geluGradient: isNan + geluGate + geluGradient,
  layerNorm: rowTotals + layerNorm,
  layerNormGradient: rowTotals + layerNormGradient,
  logitLoss: logitStatistics + logitLoss,
  logitLossMerge: logitStatistics + logitLossMerge,
  markFinite,
  matrixProduct,
  modelProduct,
  planeFit,
  randomBits: philox + randomBits,
  randomNormal: philox + randomNormal,
  rowNorms: norm + rowNorms,
  runningAverage,
  sampleLatent: softplus + sampleLatent,
  sampleLatentGradient: softplus + sampleLatentGradient,
  scatterAddRows,
  vocabularyLoss: isNan + vocabularyLoss,
  vocabularyLossGradient: isNan + vocabularyLossGradient,
  weightedSum,
}

export type KernelName = keyof typeof sources

/** A kernel's entry point. `ready` once it is compiled. */
export interface Kernel {
  readonly compiled: Promise<GPUComputePipeline>
  ready?: GPUComputePipeline
}

export class Pipelines {
  private readonly modules = new Map<KernelName, GPUShaderModule>()
  private readonly kernels = new Map<string, Kernel>()

  constructor(private readonly device: GPUDevice) {}

  /** Starts compiling at the first call; never waits. `constants` are the values of the WGSL's overrides. */
  get(name: KernelName, entryPoint: string, constants: Record<string, number> = {}): Kernel {
    const key = [name, entryPoint, ...Object.values(constants)].join('.')
    let kernel = this.kernels.get(key)
    if (!kernel) {
      kernel = { compiled: this.compile(name, entryPoint, constants) }
      const created = kernel
      kernel.compiled.then(
        (pipeline) => {
          created.ready = pipeline
        },
        // whoever runs the kernel waits for `compiled` and reports the failure
        () => {},
      )
      this.kernels.set(key, kernel)
    }
    return kernel
  }

  private compile(
    name: KernelName,
    entryPoint: string,
    constants: Record<string, number>,
  ): Promise<GPUComputePipeline> {
    let module = this.modules.get(name)
    if (!module) {
      module = this.device.createShaderModule({ label: name, code: sources[name] })
      this.modules.set(name, module)
    }
    return this.device.createComputePipelineAsync({
      label: `${name}.${entryPoint}`,
      layout: 'auto',
      compute: { module, entryPoint, constants },
    })
  }
}
