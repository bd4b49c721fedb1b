/** A test run without a WebGPU adapter fails; it does not skip. */
import { beforeAll } from 'vitest'

beforeAll(async () => {
  const adapter = await navigator.gpu?.requestAdapter()
  if (!adapter)
    throw new Error('natlab: this browser has no WebGPU adapter, so the kernels cannot be tested.')
})
