/** Adapters and devices that answer late or never, on a clock of the test. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { requestAdapter } from '../../src/compute/webgpu/adapter.ts'
import { openDevice } from '../../src/compute/webgpu/device.ts'
import { longestWait } from '../../src/inTime.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A browser and its adapter: adapters and devices arrive when the test permits it. */
function slowGpu() {
  const adapters: ((adapter: unknown) => void)[] = []
  const devices: ((device: unknown) => void)[] = []
  const requestAdapter = vi.fn(() => new Promise((resolve) => adapters.push(resolve)))
  const requestDevice = () => new Promise((resolve) => devices.push(resolve))
  const adapter = { info: { vendor: 'acme' }, limits: {}, features: new Set(), requestDevice }
  return { gpu: { requestAdapter } as unknown as GPU, requestAdapter, adapter, adapters, devices }
}

/** The outcome of a promise; undefined while it is pending. */
function watched(promise: Promise<unknown>) {
  const seen: { outcome?: unknown } = {}
  promise.then(
    (value) => Object.assign(seen, { outcome: value }),
    (fault) => Object.assign(seen, { outcome: fault }),
  )
  return seen
}
const seconds = (count: number) => vi.advanceTimersByTimeAsync(1000 * count)

describe('no WebGPU at all', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it.each([
    [true, 'http://localhost', /no navigator\.gpu/],
    [false, 'http://example.org', /only to pages from https/],
    [false, 'null', /attribute sandbox.*allow-same-origin/],
  ])('secure %s, origin %s: says the reason', async (isSecureContext, origin, reason) => {
    vi.stubGlobal('isSecureContext', isSecureContext)
    vi.stubGlobal('origin', origin)
    await expect(requestAdapter(undefined)).rejects.toThrow(reason)
  })
})

describe('an adapter that does not answer', () => {
  it('is given up after the stated time, with the code that the page acts on', async () => {
    const { gpu } = slowGpu()
    const seen = watched(requestAdapter(gpu))
    await seconds(longestWait - 0.1)
    expect(seen.outcome).toBeUndefined()
    await seconds(0.2)
    expect(seen.outcome).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('10 seconds'),
    })
  })

  it('is not waited for a second time while it is silent, and is asked again once it has answered', async () => {
    const { gpu, requestAdapter: asked, adapter, adapters } = slowGpu()
    void requestAdapter(gpu).catch(() => {})
    await seconds(longestWait + 1)
    await expect(requestAdapter(gpu)).rejects.toMatchObject({ code: 'unavailable' })
    expect(asked).toHaveBeenCalledTimes(1)
    adapters[0](adapter)
    await seconds(1)
    const again = requestAdapter(gpu)
    adapters[1](adapter)
    expect(await again).toMatchObject({ name: 'acme', software: false })
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a device that does not come', () => {
  it('is given up after the stated time, and destroyed when it comes after all', async () => {
    const { gpu, adapter, adapters, devices } = slowGpu()
    const seen = watched(openDevice(gpu))
    adapters[0](adapter)
    await seconds(longestWait + 1)
    expect(seen.outcome).toMatchObject({ code: 'unavailable', message: expect.stringContaining('acme') })
    const destroy = vi.fn()
    devices[0]({ destroy })
    await seconds(1)
    expect(destroy).toHaveBeenCalledOnce()
  })

  it('is given up and destroyed as well when it comes and then says nothing', async () => {
    const { gpu, adapter, adapters, devices } = slowGpu()
    const seen = watched(openDevice(gpu))
    adapters[0](adapter)
    await seconds(1)
    const never = new Promise(() => {})
    const destroy = vi.fn()
    const queue = { onSubmittedWorkDone: () => never }
    devices[0]({ destroy, queue, lost: never, addEventListener() {} })
    await seconds(longestWait + 1)
    expect(seen.outcome).toMatchObject({ code: 'unavailable', message: expect.stringContaining('acme') })
    expect(destroy).toHaveBeenCalledOnce()
  })

  it('is refused with the code that the page acts on', async () => {
    const { gpu, adapter, adapters } = slowGpu()
    const opened = openDevice(gpu)
    adapters[0]({ ...adapter, requestDevice: () => Promise.reject(new Error('out of devices')) })
    await expect(opened).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/acme.*out of devices/),
    })
    expect(vi.getTimerCount()).toBe(0)
  })
})

it('says at once where there is no WebGPU or no adapter', async () => {
  const none = { requestAdapter: async () => null } as unknown as GPU
  for (const gpu of [undefined, none])
    await expect(requestAdapter(gpu)).rejects.toMatchObject({ code: 'unavailable' })
})
