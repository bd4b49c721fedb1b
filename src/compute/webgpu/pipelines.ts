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
import { coded } from '../../faults.ts'
import type { Device } from './device.ts'

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
  private readonly modules = new Map<KernelName, Module>()
  private readonly kernels = new Map<string, Kernel>()
  /** Milliseconds from the request for a kernel until it was ready; beside others, as they compile at the same time. */
  readonly compileTimes: Record<string, number> = {}

  constructor(private readonly owner: Device) {}

  /** Starts compiling at the first call; never waits. `constants` are the values of the WGSL's overrides. */
  get(name: KernelName, entryPoint: string, constants: Record<string, number> = {}): Kernel {
    const key = [name, entryPoint, ...Object.values(constants)].join('.')
    let kernel = this.kernels.get(key)
    if (!kernel) {
      const start = performance.now()
      kernel = { compiled: this.compile(name, entryPoint, constants) }
      const created = kernel
      kernel.compiled.then(
        (pipeline) => {
          created.ready = pipeline
          this.compileTimes[key] = performance.now() - start
        },
        // whoever runs the kernel waits for `compiled` and reports the failure
        () => {},
      )
      this.kernels.set(key, kernel)
    }
    return kernel
  }

  private async compile(
    name: KernelName,
    entryPoint: string,
    constants: Record<string, number>,
  ): Promise<GPUComputePipeline> {
    const { device, adapter } = this.owner
    let made = this.modules.get(name)
    if (!made) {
      made = createModule(device, name)
      this.modules.set(name, made)
    }
    const { module, fault } = made
    const label = `${name}.${entryPoint}`
    const descriptor = { label, layout: 'auto', compute: { module, entryPoint, constants } } as const
    try {
      return await device.createComputePipelineAsync(descriptor)
    } catch (error) {
      const reason = (await compilerMessage(module)) ?? (await fault) ?? (error as Error).message
      const message = `The kernel ${label} does not compile on ${adapter}: ${reason.trim().split('\n')[0]}`
      throw coded('kernel', new Error(message))
    }
  }
}

interface Module {
  readonly module: GPUShaderModule
  /** What the browser has against it, if anything. */
  readonly fault: Promise<string | undefined>
}

/** A module that is refused is no error of the device: whoever runs one of its kernels hears of it. */
function createModule(device: GPUDevice, name: KernelName): Module {
  device.pushErrorScope('validation')
  const module = device.createShaderModule({ label: name, code: sources[name] })
  const fault = device.popErrorScope().then(
    (error) => error?.message,
    () => undefined,
  )
  return { module, fault }
}

/** What the compiler says first against the module; undefined where it has nothing against it, or cannot be asked. */
async function compilerMessage(module: GPUShaderModule): Promise<string | undefined> {
  const information = await module.getCompilationInfo().catch(() => undefined)
  return information?.messages.find(({ type }) => type === 'error')?.message
}
