/** The race of backends: what it says of standings that are known, and which options it refuses. */
import { expect, it } from 'vitest'
import { figures, remark, spoken, verdict } from '../../src/app/backendRace/verdict.ts'
import {
  type BackendRaceRow,
  type BackendRaceState,
  checkRaceOptions,
} from '../../src/engine/raceProtocol.ts'
import { Steering } from '../../src/engine/steering.ts'

function row(values: Partial<BackendRaceRow>): BackendRaceRow {
  const { steps = 0, milliseconds = 0 } = values
  return {
    kind: 'wasm',
    adapter: 'WebAssembly SIMD',
    software: false,
    threads: 1,
    phase: 'racing',
    steps,
    milliseconds,
    millisecondsPerStep: steps > 0 ? milliseconds / steps : Number.NaN,
    gigaflopsPerSecond: Number.NaN,
    metrics: {},
    ...values,
  }
}

const gpu = (values: Partial<BackendRaceRow>) => row({ kind: 'webgpu', adapter: 'a card', ...values })
const state = (phase: BackendRaceState['phase'], ...rows: BackendRaceRow[]): BackendRaceState => ({
  phase,
  finish: 200,
  rows,
})

const one = row({ steps: 20, milliseconds: 4000, phase: 'short' })
const team = row({ steps: 70, milliseconds: 4000, phase: 'short', threads: 4 })
const card = gpu({ steps: 200, milliseconds: 4000, phase: 'home' })

it('names who is ahead, and who was first, with the ratios', () => {
  expect(verdict(state('racing', one, team, card))).toBe(
    'WebGPU is ahead. It is 2.86 times as fast as WebAssembly on 4 threads and 10 times as fast as WebAssembly on 1 thread.',
  )
  expect(verdict(state('over', one, team, card))).toBe(
    'WebGPU is first: 200 steps in 4.00 s. It is 2.86 times as fast as WebAssembly on 4 threads and 10 times as fast as ' +
      'WebAssembly on 1 thread.',
  )
  // also where it is not WebGPU
  expect(verdict(state('over', card, row({ ...card, kind: 'wasm', milliseconds: 2000 })))).toBe(
    'WebAssembly on 1 thread is first: 200 steps in 2.00 s. It is 2 times as fast as WebGPU.',
  )
})

it('compares rates, because a clock may have gone on for a moment', () => {
  const late = row({ steps: 50, milliseconds: 5000, phase: 'short' })
  expect(verdict(state('over', late, card))).toContain('It is 5 times as fast')
})

it('calls a difference below 5 % none', () => {
  const near = row({ ...team, steps: 195 })
  expect(verdict(state('over', one, near, card))).toBe(
    'WebGPU and WebAssembly on 4 threads are level, within 5 %. They are 10 times as fast as WebAssembly on 1 thread.',
  )
})

it('says nothing of a ratio that is not known', () => {
  const none = row({ milliseconds: 900, phase: 'short' })
  expect(verdict(state('racing', none, gpu({ steps: 4, milliseconds: 900 })))).toBe(
    'WebGPU is ahead. WebAssembly on 1 thread has not finished a step yet.',
  )
  expect(verdict(state('over', none, card))).toBe(
    'WebGPU is first: 200 steps in 4.00 s. WebAssembly on 1 thread has not finished a step in that time.',
  )
  expect(verdict(state('racing', none, gpu({ milliseconds: 250 })))).toBe('')
  expect(verdict(state('preparing', one, card))).toBe('')
})

it('says who could not race, and goes on with the others', () => {
  const out = gpu({ phase: 'out', error: 'no WebGPU adapter' })
  expect(verdict(state('over', { ...one, steps: 200, phase: 'home' }, out))).toBe(
    'Only WebAssembly on 1 thread races here: 200 steps in 4.00 s.',
  )
  expect(spoken(state('over', { ...one, steps: 200 }, out))).toBe(
    'Only WebAssembly on 1 thread races here: 200 steps in 4.00 s. WebGPU: Out of the race: no WebGPU adapter.',
  )
  expect(verdict(state('over', out))).toBe('No backend could race.')
})

it('says of a software adapter that it is one', () => {
  const slow = gpu({ steps: 10, milliseconds: 4000, software: true, phase: 'short' })
  expect(verdict(state('over', one, slow))).toContain('2 times as fast as WebGPU (software adapter)')
  expect(remark(state('over', one, slow))).toContain('says nothing about a real GPU')
  expect(remark(state('over', one, card))).toBe('')
  expect(remark(state('preparing', one, slow))).toBe('')
})

it('shows whole steps, times and rates', () => {
  expect(figures({ ...card, steps: 41.7, gigaflopsPerSecond: 123.4 }, 200).map(([, value]) => value)).toEqual(
    ['41 of 200', '4.00 s', '20.0 ms', '50 steps/s · 123 GFLOP/s'],
  )
  expect(figures(row({}), undefined).map(([, value]) => value)).toEqual(['0', '0.00 ms', '–', '–'])
})

it('refuses options out of range, with value and range', () => {
  for (const steps of [0, -1, 1.5, 1e7, Number.NaN])
    expect(() => checkRaceOptions({ steps })).toThrow(
      new RangeError(`steps = ${steps} is not permitted: steps is a whole number from 1 to 1,000,000.`),
    )
  for (const seconds of [0, 61, Number.POSITIVE_INFINITY])
    expect(() => checkRaceOptions({ seconds })).toThrow(
      new RangeError(`seconds = ${seconds} is not permitted: seconds is a number from 1 to 60.`),
    )
  expect(() => checkRaceOptions({ steps: 'many' as never })).toThrow(TypeError)
  expect(() => checkRaceOptions({ steps: 5, seconds: 1.5, held: true })).not.toThrow()
})

it('waits while it is held, and ends for the first reason', async () => {
  const steering = new Steering({ held: true })
  let permitted = false
  const waiting = steering.permission().then(() => {
    permitted = true
  })
  await new Promise((resolve) => setTimeout(resolve))
  expect(permitted).toBe(false)
  expect(await steering.stops()).toBe(true)
  steering.order('go')
  await waiting
  expect(await steering.stops()).toBe(false)
  steering.order('hold')
  const held = steering.permission()
  steering.end('Another lab was opened.')
  steering.order('end')
  await expect(held).rejects.toMatchObject({ name: 'AbortError', message: 'Another lab was opened.' })
})
