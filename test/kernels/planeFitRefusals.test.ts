/** What `planeFit` and `createPlaneTarget` refuse: by name, and with nothing changed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend, PlaneComponent } from '../../src/compute/backend.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import { createWebGpuBackend } from '../../src/compute/webgpu/index.ts'
import { backends } from './backends.ts'
import { component, rowsOf, targets, upload } from './planeTargets.ts'

const points = Array.from({ length: 6 }, (_, i) => [i, 0, 0, 0, 0])
const defaults = { optimizer: 'gradientDescent', learningRate: 0.01, steps: 1 } as const

describe.each(backends)('planeFit on $kind', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  afterAll(() => backend.dispose())

  it('refuses by name what it cannot do', async () => {
    const place = backend.createPlaneTarget(targets.two)
    const state = upload(backend, points)
    const call = { ...defaults, target: place, state, divergence: 'reverse' } as const
    const refused = (parameters: object, message: RegExp) => {
      const attempt = () => backend.planeFit({ ...call, ...parameters })
      expect(attempt).toThrow(RangeError)
      expect(attempt).toThrow(message)
    }
    for (const divergence of ['jeffreys', 'jensenShannon', 'alpha', 'chiSquared'])
      refused({ divergence }, new RegExp(`planeFit.*divergence.*forward.*reverse.*${divergence}`))
    refused({ optimizer: 'newton' }, /planeFit.*optimizer.*newton/)
    refused({ learningRate: Number.NaN }, /planeFit.*learningRate.*NaN/)
    refused({ tolerance: -1 }, /planeFit.*tolerance.*-1/)
    refused({ steps: 1.5 }, /planeFit.*steps.*1\.5/)
    refused({ firstFit: 4, fits: 3 }, /planeFit.*fits 4 to 6.*6 rows/)
    refused({ history: backend.createTensor([1, 6, 4]) }, /planeFit.*history.*\[1, 6, 4\].*\[1, 6, 8\]/)
    refused({ state: backend.createTensor([6, 8]) }, /planeFit.*state.*\[6, 8\].*\[6, 20\]/)
    const gone = backend.createPlaneTarget(targets.one)
    gone.dispose()
    gone.dispose()
    expect(() => backend.planeFit({ ...call, target: gone })).toThrow(/planeFit.*target.*disposed/)
    const foreign = { dimensions: 1, quadraturePoints: 1, dispose() {} } as const
    expect(() => backend.planeFit({ ...call, target: foreign })).toThrow(TypeError)
    expect(await backend.read(state)).toEqual(rowsOf(points))
  })

  it('refuses by name what is no target, and tells the size of its grid', () => {
    const refused = (components: PlaneComponent[], message: RegExp) => {
      expect(() => backend.createPlaneTarget(components)).toThrow(RangeError)
      expect(() => backend.createPlaneTarget(components)).toThrow(message)
    }
    refused([], /createPlaneTarget.*components.*0/)
    refused(new Array(7).fill(component(1 / 7, [0, 0], 1, 1)), /createPlaneTarget.*components.*7/)
    refused([component(0.5, [0, 0], 1, 1)], /createPlaneTarget.*weights.*0\.5/)
    refused([component(1.5, [0, 0], 1, 1), component(-0.5, [0, 0], 1, 1)], /createPlaneTarget.*weight.*-0\.5/)
    refused([component(1, [0, Number.NaN], 1, 1)], /createPlaneTarget.*mean.*NaN/)
    refused([component(1, [0, 0], 1, 1, 1)], /createPlaneTarget.*covariance.*1, 1, 1/)
    refused([component(1, [0, 0], 0, 1)], /createPlaneTarget.*covariance.*0, 0, 1/)
    const [one, six] = [targets.one, targets.six].map((components) => backend.createPlaneTarget(components))
    expect([one.dimensions, six.dimensions]).toEqual([2, 2])
    expect([one.quadraturePoints, six.quadraturePoints]).toEqual([1257, 1257])
  })
})

it('refuses the target of another backend', async () => {
  const [wasm, webgpu] = [await createWasmBackend(), await createWebGpuBackend(navigator.gpu)]
  for (const [one, other] of [
    [wasm, webgpu],
    [webgpu, wasm],
  ]) {
    const target = one.createPlaneTarget(targets.one)
    const state = upload(other, points)
    expect(() => other.planeFit({ ...defaults, target, state, divergence: 'forward' })).toThrow(
      /planeFit: target was not made by this backend/,
    )
  }
  wasm.dispose()
  webgpu.dispose()
})
