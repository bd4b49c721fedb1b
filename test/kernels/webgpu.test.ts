/** What only the WebGPU backend does: opening, failing, being lost, cutting work. */
import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/compute/backend.ts'
import { createWebGpuBackend } from '../../src/compute/webgpu/index.ts'
import { codeOf } from '../../src/faults.ts'
import { requestOwnDevice, withOther } from '../browser/gpu.ts'
import { offering, onAdapter } from './adapters.ts'
import { expectWithin } from './manyModels.ts'
import { randomBitsReference } from './reference.ts'
import { vocabularyReference } from './transformerReference.ts'
import { casesOf, fractions } from './variants.ts'

/** A backend together with its device, which the backend itself does not show. */
async function withDevice() {
  let device: GPUDevice | undefined
  const gpu = offering(async () => {
    const adapter = (await navigator.gpu.requestAdapter())!
    const { features, limits, info } = adapter
    const requestDevice = async (descriptor: GPUDeviceDescriptor) => {
      device = await requestOwnDevice(adapter, descriptor)
      return device
    }
    return { features, limits, info, requestDevice }
  })
  const backend = await createWebGpuBackend(gpu)
  return { backend, device: device! }
}

/** What a promise rejects with. */
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (fault) => fault,
  )

describe('opening', () => {
  it('rejects with a sentence without a GPU object, an adapter or a device', async () => {
    await expect(createWebGpuBackend(undefined)).rejects.toThrow(/no WebGPU/)
    await expect(createWebGpuBackend(offering(async () => null))).rejects.toThrow(/no adapter/)
    const adapter = (await navigator.gpu.requestAdapter())!
    const { features, limits } = adapter
    const requestDevice = async () => {
      throw new Error('out of devices')
    }
    const broken = offering(async () => ({ features, limits, info: { vendor: 'acme' }, requestDevice }))
    await expect(createWebGpuBackend(broken)).rejects.toThrow(/acme.*no device: out of devices/)
    for (const gpu of [undefined, offering(async () => null), broken])
      expect(codeOf(await rejection(createWebGpuBackend(gpu)))).toBe('unavailable')
  })

  it('says which adapter it is on, and takes its real limits', async () => {
    const adapter = (await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }))!
    const { backend, device } = await withDevice()
    expect(backend.kind).toBe('webgpu')
    expect(backend.adapter).toContain(adapter.info.description || adapter.info.vendor)
    expect(backend.software).toBe(adapter.info.isFallbackAdapter)
    expect(device.limits.maxStorageBufferBindingSize).toBe(adapter.limits.maxStorageBufferBindingSize)
    const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
    expect(backend.maximumTensorBytes).toBe(Math.min(maxBufferSize, maxStorageBufferBindingSize))
    backend.dispose()
  })

  it.each([
    [{ vendor: 'google', architecture: 'swiftshader' }, 'google swiftshader', true],
    [{ vendor: 'mesa', description: 'llvmpipe (LLVM 15)' }, 'llvmpipe (LLVM 15)', true],
    [
      { vendor: 'microsoft', description: 'Microsoft Basic Render Driver' },
      'Microsoft Basic Render Driver',
      true,
    ],
    [{ vendor: 'acme', architecture: 'warped-7' }, 'acme warped-7', false],
    [{ vendor: 'acme', isFallbackAdapter: true }, 'acme', true],
    [{}, 'an adapter without a name', false],
  ])('knows a software adapter: %o', async (info, name, software) => {
    const backend = await onAdapter(info)
    expect([backend.adapter, backend.software]).toEqual([name, software])
    backend.dispose()
  })
})

describe('failing', () => {
  it('says that the device is lost, and rejects what waits on it', async () => {
    const { backend, device } = await withDevice()
    const tensor = backend.createTensor([4])
    await backend.finished()
    device.destroy()
    expect(await backend.lost).toMatch(/was lost/)
    await expect(backend.read(tensor)).rejects.toThrow(/was lost/)
    await expect(backend.finished()).rejects.toThrow(/was lost/)
    expect(codeOf(await rejection(backend.finished()))).toBe('lost')
    backend.dispose()
  })

  it('names a kernel that does not compile, with what the compiler says first', async () => {
    const change = (device: GPUDevice) => {
      const create = device.createShaderModule.bind(device)
      device.createShaderModule = ({ label, code }) =>
        create({ label, code: label === 'gelu' ? 'fn main() { nonsense\n more }' : code })
    }
    const backend = await onAdapter({ vendor: 'acme' }, { change })
    const tensor = backend.createTensor([4, 4])
    backend.gelu(backend.createTensor([4, 4]), tensor)
    const fault = await rejection(backend.read(tensor))
    expect(codeOf(fault)).toBe('kernel')
    const { message } = fault as Error
    expect(message).toMatch(/^The kernel gelu\.main does not compile on acme: .+$/)
    // what needs none goes on
    expect(await backend.read(tensor)).toEqual(new Float32Array(16))
    backend.dispose()
  })

  it('names a kernel that only the pipeline refuses', async () => {
    const change = (device: GPUDevice) => {
      device.createComputePipelineAsync = async () => {
        throw new Error('register pressure\nsecond line')
      }
    }
    const backend = await onAdapter({ vendor: 'acme' }, { change })
    const tensor = backend.createTensor([4, 4])
    backend.gelu(backend.createTensor([4, 4]), tensor)
    await expect(backend.finished()).rejects.toThrow(
      /^The kernel gelu\.main does not compile on acme: register pressure$/,
    )
    backend.dispose()
  })

  it('rejects a read that is under way when the device goes', async () => {
    const { backend, device } = await withDevice()
    const tensor = backend.createTensor([1000, 1000])
    backend.randomNormal(tensor, { seed: 1, stream: 0 })
    const reading = backend.read(tensor)
    device.destroy()
    await expect(reading).rejects.toThrow(/was lost/)
  })

  it('does not call dispose a loss, and refuses to go on after it', async () => {
    const { backend, device } = await withDevice()
    const tensor = backend.createTensor([4])
    backend.dispose()
    await device.lost
    const first = await Promise.race([
      backend.lost,
      new Promise((resolve) => setTimeout(resolve, 50, 'alive')),
    ])
    expect(first).toBe('alive')
    await expect(backend.read(tensor)).rejects.toThrow(/disposed/)
    await expect(backend.finished()).rejects.toThrow(/disposed/)
    expect(() => backend.createTensor([1])).toThrow(/disposed/)
  })

  it('reports an error of the device at the next read, once', async () => {
    const { backend, device } = await withDevice()
    const tensor = backend.createTensor([4])
    // no device has a buffer of this size
    device.createBuffer({ size: 2 ** 50, usage: GPUBufferUsage.STORAGE })
    await expect(backend.finished()).rejects.toThrow(/^WebGPU failed: .*size/i)
    expect(await backend.read(tensor)).toEqual(new Float32Array(4))
    backend.dispose()
  })

  it('refuses tensors beyond the limit, of no size, and of other backends', async () => {
    const { backend } = await withDevice()
    const other = await createWebGpuBackend(navigator.gpu)
    const rows = backend.maximumTensorBytes / 4 + 1
    expect(() => backend.createTensor([rows])).toThrow(RangeError)
    expect(() => backend.createTensor([rows])).toThrow(expect.objectContaining({ code: 'tooLarge' }))
    expect(() => backend.createTensor([rows])).toThrow(/max(StorageBufferBinding|Buffer)Size/)
    expect(() => backend.createTensor([2, 0])).toThrow(/\[2, 0\]/)
    expect(() => backend.createTensor([1.5])).toThrow(RangeError)
    expect(() => backend.upload(new Float32Array(3), [2, 2])).toThrow(/\[3\].*\[2, 2\]/)
    const foreign = other.createTensor([1])
    await expect(backend.read(foreign)).rejects.toThrow(/not made by this backend/)
    const gone = backend.createTensor([1])
    gone.dispose()
    gone.dispose()
    await expect(backend.read(gone)).rejects.toThrow(/disposed/)
    backend.dispose()
    other.dispose()
  })
})

describe('working', () => {
  it('runs more workgroups than one row of a grid holds', async () => {
    const backend = await createWebGpuBackend(navigator.gpu)
    // one column: every element is an invocation of its own, and 65,535 workgroups of 64 are not enough
    const rows = 65_535 * 64 + 1000
    const tensor = backend.createTensor([rows, 1], 'uint32')
    const source = { seed: 3, stream: 1 }
    backend.randomBits(tensor, source)
    const words = await backend.read(tensor)
    for (const row of [0, 1, 65_535, 65_535 * 64 - 1, 65_535 * 64, rows - 1])
      expect(words[row], `row ${row}`).toBe(randomBitsReference(source, [row], 1)[0])
    backend.dispose()
  })

  it('reads several tensors at once, also when they are disposed of while it does', async () => {
    const { backend } = await withDevice()
    const tensors = [1, 2, 3].map((value) => backend.upload(Float32Array.of(value, value + 0.5), [2]))
    const reads = tensors.map((tensor) => backend.read(tensor))
    backend.weightedSum(tensors[0], tensors[1], 1, tensors[2], 1)
    const sum = backend.read(tensors[0])
    for (const tensor of tensors) tensor.dispose()
    expect((await Promise.all(reads)).map((values) => [...values])).toEqual([
      [1, 1.5],
      [2, 2.5],
      [3, 3.5],
    ])
    expect([...(await sum)]).toEqual([5, 6])
    backend.dispose()
  })

  it.each([
    { features: ['timestamp-query'], hasClock: true },
    { features: [], hasClock: false },
  ])(
    'tells how long the device works, by its clock without the pauses: %o',
    async ({ features, hasClock }) => {
      const adapter = (await navigator.gpu.requestAdapter())!
      const { limits, info } = adapter
      const requestDevice = (descriptor: GPUDeviceDescriptor) => requestOwnDevice(adapter, descriptor)
      const gpu = offering(async () => ({ features: new Set(features), limits, info, requestDevice }))
      const backend = await createWebGpuBackend(gpu)
      const tensor = backend.createTensor([512, 1024])
      const draw = () => backend.randomNormal(tensor, { seed: 1, stream: 0 })
      expect(await backend.timed(draw)).toBeGreaterThan(0)
      let passed = 0
      const device = await backend.deviceTime(async () => {
        const begin = performance.now()
        draw()
        await backend.finished()
        await new Promise((resolve) => setTimeout(resolve, 30))
        passed = performance.now() - begin
      })
      expect(device).toBeGreaterThan(hasClock ? 0 : 25)
      if (hasClock) expect(device).toBeLessThan(passed - 25)
      backend.dispose()
    },
  )

  // slices of 2^21 logits: 1.1 of them, and 2.1
  const slices = [{ rows: 560 }, { rows: 1100 }]
  it.each(casesOf(slices, slices.slice(0, 1)))(
    'holds no more logits of a vocabulary at once than a slice, however many rows there are: $rows',
    async ({ rows }) => {
      const sizes: number[] = []
      const adapter = (await navigator.gpu.requestAdapter())!
      const { features, limits, info } = adapter
      const requestDevice = async (descriptor: GPUDeviceDescriptor) => {
        const device = await adapter.requestDevice(descriptor)
        const createBuffer = (descriptor: GPUBufferDescriptor) => {
          sizes.push(descriptor.size)
          return device.createBuffer(descriptor)
        }
        return withOther(device, { createBuffer })
      }
      const backend = await createWebGpuBackend(
        offering(async () => ({ features, limits, info, requestDevice })),
      )
      const [words, width] = [4004, 2]
      const [hidden, table] = [fractions(rows * width, 1), fractions(words * width, 2)]
      const labels = Uint32Array.from({ length: rows }, (_, row) => (row * 37) % words)
      const matrices = (tensor: Tensor, rows: number, columns: number) => ({ tensor, rows, columns })
      const made = (rows: number, columns: number) =>
        matrices(backend.createTensor([rows, columns]), rows, columns)
      const shape = {
        models: 1,
        hidden: matrices(backend.upload(hidden, [rows, width]), rows, width),
        table: matrices(backend.upload(table, [words, width]), words, width),
        labels: matrices(backend.upload(labels, [rows]), 1, rows),
        logSumExps: made(1, rows),
      }
      const [losses, hiddenGradient, tableGradient] = [made(1, rows), made(rows, width), made(words, width)]
      backend.vocabularyLoss({ ...shape, losses })
      backend.vocabularyLossGradient({ ...shape, hiddenGradient, tableGradient })
      const expected = vocabularyReference(hidden, table, labels, width)
      // logits of at most 2, exponentials and a sum of thousands of them
      expectWithin(await backend.read(losses.tensor), expected.losses, () => 4e-6)
      // slopes of 1 / rows at most, off by 1e-5 relatively, and weighted by at most 1
      const least = 2e-5 / rows
      expectWithin(await backend.read(hiddenGradient.tensor), expected.hiddenGradient, () => least)
      expectWithin(await backend.read(tableGradient.tensor), expected.tableGradient, () => least)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * 2 ** 21)
      backend.dispose()
    },
  )
})
