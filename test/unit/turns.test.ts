/** Turns on clocks of their own, with made-up contestants whose times are known. */
import { expect, it } from 'vitest'
import { finishLine, type Lane, type Runner, Turns, type TurnsOptions } from '../../src/engine/turns.ts'

interface MadeUp {
  /** Milliseconds of a step. */
  readonly step: number
  readonly latency?: number
  /** Milliseconds of the last answer of a turn. */
  readonly answer?: number
  /** Milliseconds of the first turn in which it does nothing. */
  readonly lateStart?: number
  /** It fails at this step. */
  readonly failsAt?: number
  /** Whether parts of a step are known. */
  readonly parts?: boolean
}

function race(contestants: readonly MadeUp[], options: Partial<TurnsOptions> = {}) {
  let time = 0
  const order: number[] = []
  const runners = contestants.map(
    (
      { step, latency = 0, answer = 0, lateStart = 0, failsAt = Number.POSITIVE_INFINITY, parts },
      index,
    ): Runner => {
      let worked = 0
      let idle = lateStart
      return {
        get steps() {
          return parts ? worked / step : Math.floor(worked / step + 1e-9)
        },
        latency,
        async work(last, milliseconds) {
          if (order.at(-1) !== index) order.push(index)
          if (idle > 0) {
            idle -= milliseconds
            time += milliseconds
            return
          }
          // whole slices of a millisecond, at least one
          const took = Math.max(1, Math.min(Math.ceil(milliseconds), Math.ceil(last * step - worked)))
          worked += took
          time += took
          if (worked / step >= failsAt) throw new Error('lost')
        },
        async settle() {
          time += answer
        },
      }
    },
  )
  const turns = new Turns(runners, {
    seconds: () => 4,
    now: () => time,
    interrupted: async () => false,
    between: async () => {},
    moved() {},
    ...options,
  })
  return { turns, order, elapsed: () => time, wait: (milliseconds: number) => (time += milliseconds) }
}

const ratio = (one: Lane, other: Lane) => (one.steps / one.clock / other.steps) * other.clock

it('give everybody the time of the first, and no more', async () => {
  const { turns, elapsed } = race([{ step: 40 }, { step: 10 }, { step: 20 }], { steps: 200 })
  await turns.run()
  const [slow, fast, middle] = turns.lanes
  expect(fast).toMatchObject({ home: true, steps: 200, clock: 2000, millisecondsPerStep: 10 })
  expect(slow).toMatchObject({ home: false, steps: 50, clock: 2000, millisecondsPerStep: 40 })
  expect(middle).toMatchObject({ home: false, steps: 100, clock: 2000, millisecondsPerStep: 20 })
  expect(elapsed()).toBe(6000)
  expect(ratio(fast, slow)).toBeCloseTo(4, 12)
})

it('go round while the clocks are equal', async () => {
  const { turns, order } = race([{ step: 5 }, { step: 5 }, { step: 5 }], { steps: 200 })
  await turns.run()
  expect(order).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
  expect(turns.lanes.map(({ home, clock }) => [home, clock])).toEqual([
    [true, 1000],
    [true, 1000],
    [true, 1000],
  ])
})

it('find the faster one although the slower one had its last turn first', async () => {
  const { turns } = race([{ step: 10 }, { step: 9.5 }], { steps: 100 })
  await turns.run()
  expect(turns.lanes.map(({ home, clock }) => [home, clock])).toEqual([
    [true, 1000],
    [true, 950],
  ])
})

it('draw the finish line where the fastest is after the wished seconds', async () => {
  const { turns } = race([{ step: 100 }, { step: 3.3 }], { seconds: () => 2 })
  await turns.run()
  // 2,000 ms / 3.3 ms = 606 steps
  expect(turns.finish).toBe(610)
  expect(turns.lanes[1]).toMatchObject({ home: true, steps: 610 })
  expect(turns.lanes[1].clock).toBeCloseTo(2013, -1)
})

it('do not take the finish line from a first turn that is slower', async () => {
  const { turns } = race([{ step: 10, lateStart: 200 }, { step: 40 }], { seconds: () => 2 })
  await turns.run()
  // 5 steps in the first turn, 25 in the second, and then as many in each
  expect(turns.finish).toBe(180)
  expect(turns.lanes[0]).toMatchObject({ home: true, clock: 2000 })
})

it('wait with the line for the first whole step, and let a slow one finish a step of its own', async () => {
  const { turns } = race([{ step: 1500 }, { step: 7000 }], { seconds: () => 3 })
  await turns.run()
  expect(turns.finish).toBe(2)
  expect(turns.lanes.map(({ steps, home }) => [steps, home])).toEqual([
    [2, true],
    [1, false],
  ])
  expect(turns.lanes[1].clock).toBeGreaterThanOrEqual(7000)
  expect(turns.lanes[1].clock).toBeLessThan(7300)
})

it('end for one that would take more than ten times as long for a single step', async () => {
  const { turns } = race([{ step: 100 }, { step: 1e6 }], { steps: 10 })
  await turns.run()
  expect(turns.lanes[1]).toMatchObject({ steps: 0, home: false })
  expect(turns.lanes[1].millisecondsPerStep).toBeNaN()
  expect(turns.lanes[1].clock).toBeLessThanOrEqual(10_300)
})

it('count parts of a step where they are known', async () => {
  const { turns } = race(
    [
      { step: 1000, parts: true },
      { step: 2500, parts: true },
    ],
    { steps: 2 },
  )
  await turns.run()
  expect(turns.lanes[1].steps).toBeCloseTo(1, 1)
})

it('are longer where answers are late, and count the wait for the last one', async () => {
  const { turns, order } = race([{ step: 10, latency: 60, answer: 60 }, { step: 10 }], { steps: 200 })
  await turns.run()
  // 600 ms of work a turn, and 60 for the answer
  expect(order.slice(0, 4)).toEqual([0, 1, 0, 1])
  expect(turns.lanes[1]).toMatchObject({ home: true, clock: 2000 })
  expect(turns.lanes[0]).toMatchObject({ home: false })
  expect(turns.lanes[0].steps).toBeGreaterThan(150)
  expect(turns.lanes[0].steps).toBeLessThan(200)
})

it('go on without one that has failed', async () => {
  const { turns } = race([{ step: 10, failsAt: 30 }, { step: 20 }], { steps: 100 })
  await turns.run()
  expect(turns.lanes[0]).toMatchObject({ home: false, over: true, fault: new Error('lost') })
  expect(turns.lanes[1]).toMatchObject({ home: true, clock: 2000 })
})

it('draw the finish line without one that has failed at once', async () => {
  const { turns } = race([{ step: 10 }, { step: 1000, failsAt: 0 }], { seconds: () => 1 })
  await turns.run()
  expect(turns.finish).toBe(100)
  expect(turns.lanes.map(({ home }) => home)).toEqual([true, false])
})

it('put no wait between two turns on a clock, and end where that throws', async () => {
  let turn = 0
  const held = race([{ step: 10 }, { step: 10 }], {
    steps: 50,
    between: async () => {
      held.wait(5000)
      if (++turn > 3) throw new DOMException('ended', 'AbortError')
    },
  })
  await expect(held.turns.run()).rejects.toMatchObject({ name: 'AbortError' })
  expect(held.turns.lanes.map(({ clock }) => clock)).toEqual([500, 250])
})

it('end at once where they are interrupted', async () => {
  let pieces = 0
  const { turns } = race([{ step: 10 }], {
    steps: 50,
    interrupted: async () => {
      pieces++
      return true
    },
  })
  await turns.run()
  expect(turns.lanes[0]).toMatchObject({ home: true, clock: 500 })
  // each turn is one piece of 50 ms; nobody asks after the last one
  expect(pieces).toBe(9)
})

it('draw lines that are easily said', () => {
  expect([0.3, 1, 1.6, 7.4, 12.4, 99.6, 137, 1234, 56_789].map(finishLine)).toEqual([
    1, 1, 2, 7, 12, 100, 140, 1200, 57_000,
  ])
})
