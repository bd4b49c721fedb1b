/** What the engine measures of a GPU outlives the page, in the browser's own storage. */
import { expect, it } from 'vitest'
import type { WebGpuBackend } from '../../src/compute/webgpu/index.ts'
import { createBackend } from '../../src/engine/backendChoice.ts'
import { measurementStore } from '../../src/engine/measurementStore.ts'

it('is measured in the first visit, and used in the next', async () => {
  const adapter = (await navigator.gpu.requestAdapter())!
  const { features, limits } = adapter
  const requestDevice = (descriptor: GPUDeviceDescriptor) => adapter.requestDevice(descriptor)
  // of which no earlier run of this test knows
  const vendor = `acme ${crypto.randomUUID()}`
  const hardware = { features, limits, info: { vendor }, requestDevice }
  const gpu = { requestAdapter: async () => hardware } as unknown as GPU
  const visit = async () => {
    const backend = (await createBackend('webgpu', gpu)) as WebGpuBackend
    const [output, left, right] = Array.from({ length: 3 }, () => {
      const tensor = backend.createTensor([256, 256])
      return { tensor, rows: 256, columns: 256 }
    })
    backend.modelProduct({ models: 1, output, left, right })
    await backend.finished()
    const choice = backend.variants().modelProduct
    backend.dispose()
    return choice
  }
  const measured = await visit()
  expect(measured).toMatchObject({ variant: 'register', because: 'measured' })
  const kept = () => measurementStore().get([vendor, 'modelProduct'])
  await expect.poll(kept).toMatchObject({ rates: measured.rates })
  expect(await visit()).toEqual({ ...measured, because: 'kept' })
})
