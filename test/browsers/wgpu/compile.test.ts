/** Every entry point of every kernel compiles, with all values of its overrides that are in use. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { divergences, mostComponents } from '../../../src/compute/fits.ts'
import { type Device, openDevice } from '../../../src/compute/webgpu/device.ts'
import { Pipelines } from '../../../src/compute/webgpu/pipelines.ts'
import { shaders } from '../../kernels/shaders.ts'

type Constants = Readonly<Record<string, number>>

/** What the backend sets the overrides to. */
const constantsOf: Readonly<Record<string, readonly Constants[]>> = {
  gaussianFit: [...divergences.keys()].flatMap((divergence) =>
    Array.from({ length: mostComponents }, (_, i) => ({ divergence, componentCount: i + 1 })),
  ),
  logitLoss: [{}, { columnLanes: 16 }],
  modelProduct: [
    {},
    { wholeSteps: 1 },
    ...[
      [16, 8],
      [8, 16],
      [16, 16],
    ].map(([rowLanes, columnLanes]) => ({ rowLanes, columnLanes })),
  ],
}

const entryPointsOf = (source: string) =>
  [...source.matchAll(/@compute[^{]*?\bfn (\w+)/g)].map(([, name]) => name)

let device: Device
beforeAll(async () => {
  device = await openDevice(navigator.gpu)
})
afterAll(() => device.dispose())

it('knows every override', () => {
  for (const { name, source } of shaders) {
    const overrides = [...source.matchAll(/^override (\w+)/gm)].map(([, override]) => override)
    const known = new Set((constantsOf[name] ?? []).flatMap((constants) => Object.keys(constants)))
    expect([name, ...known].sort()).toEqual([name, ...overrides].sort())
  }
})

it.each(shaders)('compiles $name', async (shader) => {
  const { name, source } = shader
  const pipelines = new Pipelines(device)
  const entryPoints = entryPointsOf(source)
  expect(entryPoints).toHaveLength(source.split('@compute').length - 1)
  for (const entryPoint of entryPoints)
    for (const constants of constantsOf[name] ?? [{}])
      expect(await pipelines.get(shader, entryPoint, constants).compiled).toBeTruthy()
})
