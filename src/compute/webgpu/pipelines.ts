/** Compute pipelines, compiled when first asked for and kept. */
import { coded } from '../../faults.ts'
import type { Fields } from '../layout.ts'
import type { Device } from './device.ts'
import type { Shader } from './shader.ts'

/** A shader's entry point. `ready` once it is compiled. */
export interface Kernel<F extends Fields = Fields> {
  readonly shader: Shader<F>
  readonly compiled: Promise<GPUComputePipeline>
  ready?: GPUComputePipeline
}

export class Pipelines {
  private readonly modules = new Map<Shader, Module>()
  private readonly kernels = new Map<string, Kernel>()
  /** Milliseconds from the request for a kernel until it was ready; several kernels compile at the same time. */
  readonly compileTimes: Record<string, number> = {}
  /** Milliseconds in which at least one kernel was compiled. */
  compiling = 0
  private underWay = 0
  private since = 0

  constructor(private readonly owner: Device) {}

  /** Starts compiling at the first call; never waits. `constants` are the values of the WGSL's overrides. */
  get<F extends Fields>(
    shader: Shader<F>,
    entryPoint = 'main',
    constants: Record<string, number> = {},
  ): Kernel<F> {
    const key = [shader.name, entryPoint, ...Object.values(constants)].join('.')
    let kernel = this.kernels.get(key)
    if (!kernel) {
      const start = performance.now()
      if (this.underWay++ === 0) this.since = start
      kernel = { shader, compiled: this.compile(shader, entryPoint, constants) }
      const created = kernel
      kernel.compiled
        .then(
          (pipeline) => {
            created.ready = pipeline
            this.compileTimes[key] = performance.now() - start
          },
          // whoever runs the kernel waits for `compiled` and reports the failure
          () => {},
        )
        .finally(() => {
          if (--this.underWay === 0) this.compiling += performance.now() - this.since
        })
      this.kernels.set(key, kernel)
    }
    return kernel as Kernel<F>
  }

  private async compile(
    shader: Shader,
    entryPoint: string,
    constants: Record<string, number>,
  ): Promise<GPUComputePipeline> {
    const { device, adapter } = this.owner
    let made = this.modules.get(shader)
    if (!made) {
      made = createModule(device, shader)
      this.modules.set(shader, made)
    }
    const { module, fault } = made
    const label = `${shader.name}.${entryPoint}`
    const descriptor = { label, layout: 'auto', compute: { module, entryPoint, constants } } as const
    try {
      return await device.createComputePipelineAsync(descriptor)
    } catch (error) {
      const reason = (await compilerMessage(module, shader)) ?? (await fault) ?? (error as Error).message
      const message = `The kernel ${label} does not compile on ${adapter}: ${reason.trim().split('\n')[0]}`
      throw coded('kernel', new Error(message))
    }
  }
}

interface Module {
  readonly module: GPUShaderModule
  /** The browser's error message for the module, if there is one. */
  readonly fault: Promise<string | undefined>
}

/** Creates a module. If it is refused, this is no error of the device: running one of its kernels reports it. */
function createModule(device: GPUDevice, { name, source }: Shader): Module {
  device.pushErrorScope('validation')
  const module = device.createShaderModule({ label: name, code: source })
  const fault = device.popErrorScope().then(
    (error) => error?.message,
    () => undefined,
  )
  return { module, fault }
}

/** The compiler's first error with its file and line; undefined if there is none, or the compiler cannot be asked. */
async function compilerMessage(module: GPUShaderModule, shader: Shader): Promise<string | undefined> {
  const information = await module.getCompilationInfo().catch(() => undefined)
  const first = information?.messages.find(({ type }) => type === 'error')
  return first && shader.place(first.lineNum) + first.message
}
