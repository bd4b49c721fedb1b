/** What is timed, and the ratio to reach against the faster peer. */
import { type Entry, fitPoints, type Library, type Task } from './contestant.ts'
import { stateBytes, stepOperations as trainingStepOperations } from './trainingStep/model.ts'
import { stepOperations as vibStepOperations } from './vibStep/model.ts'

export interface Case {
  /** `operation-backend-size`; the command line picks cases by a part of it. */
  readonly name: string
  readonly task: Task
  /** Run in turn, round after round, so that a slow moment of the machine meets all of them. */
  readonly entries: readonly Entry[]
  /** Timed afterwards by themselves, as their threads would disturb the others; not in the ratio. */
  readonly aside: readonly Entry[]
  readonly rounds: number
  /** Peer's median / our median. */
  readonly targetRatio?: number
  /** Our median on one thread / our median on all threads. */
  readonly targetSpeedUp?: number
  /** Our first run, with compilation / the faster peer's. */
  readonly targetCold?: number
  /** Our memory beyond the inputs / the faster peer's. */
  readonly targetMemory?: number
  /** Our memory beyond the inputs / what the task cannot do without (`neededBytes`). */
  readonly targetNeeded?: number
}

const entry = (library: Library, backend: Entry['backend'], threads: Entry['threads'] = 'one'): Entry => ({
  library,
  backend,
  threads,
})
const libraries = ['natlab', 'TensorFlow.js', 'jax-js'] as const
/** Every library as its users get it: on WASM with all threads that it can use. */
const contestants = (backend: 'wasm' | 'webgpu') =>
  libraries.map((library) => entry(library, backend, backend === 'wasm' ? 'all' : 'one'))
const javascript = entry('plain JavaScript', 'none')
const natlab = (threads: Entry['threads']) => entry('natlab', 'wasm', threads)
/** In the rounds, for the speed-up; the peers' one thread, and more threads than there are cores, stand aside. */
const alone = natlab('one')
const oneThread = [entry('TensorFlow.js', 'wasm'), entry('jax-js', 'wasm')]
const moreThreads = [natlab(4), natlab(8)]

/** GPT-2's shape and half its context's first tokens: 154 MB of table, 5 GFLOP. */
const loss = { operation: 'logitLoss', tokens: 64, dModel: 768, words: 50257 } as const

const sizes = [
  [512, 512, 512],
  [512, 784, 1024],
] as const

export const cases: readonly Case[] = [
  ...sizes.map(
    ([m, k, n]): Case => ({
      name: `matrixProduct-wasm-${m}x${k}x${n}`,
      task: { operation: 'matrixProduct', m, k, n },
      entries: [...contestants('wasm'), alone],
      aside: [...oneThread, ...moreThreads, javascript],
      rounds: 25,
      targetRatio: 1.3,
      targetSpeedUp: 1.7,
    }),
  ),
  ...sizes.map(
    ([m, k, n]): Case => ({
      name: `matrixProduct-webgpu-${m}x${k}x${n}`,
      task: { operation: 'matrixProduct', m, k, n },
      entries: contestants('webgpu'),
      aside: [javascript],
      rounds: 7,
      targetRatio: 1.8,
      targetCold: 1.5,
    }),
  ),
  {
    name: 'logitLoss-wasm',
    task: { ...loss, generated: false },
    entries: [...contestants('wasm'), alone],
    aside: [...oneThread, ...moreThreads, javascript],
    rounds: 7,
    targetRatio: 1.3,
    targetSpeedUp: 1.6,
    targetMemory: 0.1,
  },
  {
    name: 'logitLoss-webgpu',
    task: { ...loss, generated: false },
    entries: contestants('webgpu'),
    aside: [javascript],
    rounds: 3,
    targetRatio: 1.3,
    targetMemory: 0.1,
  },
  {
    name: 'logitLossDrawn',
    task: { ...loss, generated: true },
    entries: [entry('natlab', 'wasm'), entry('natlab', 'webgpu')],
    aside: [],
    rounds: 3,
  },
  {
    name: 'randomNormal',
    task: { operation: 'randomNormal', rows: 2048, columns: 1024 },
    entries: [entry('natlab', 'wasm'), entry('natlab', 'webgpu')],
    aside: [javascript],
    rounds: 7,
  },
  ...(['wasm', 'webgpu'] as const).map(
    (backend): Case => ({
      name: `gaussianFit-${backend}`,
      task: { operation: 'gaussianFit', fits: 4096, steps: 25 },
      // no peer has the operation: the measure is the loop that a page would otherwise run
      entries:
        backend === 'wasm' ? [natlab('all'), javascript, alone] : [entry('natlab', backend), javascript],
      aside: backend === 'wasm' ? moreThreads : [],
      rounds: 5,
      targetRatio: backend === 'wasm' ? 2 : 1.4,
      targetSpeedUp: backend === 'wasm' ? 1.6 : undefined,
    }),
  ),
  ...(['wasm', 'webgpu'] as const).map(
    (backend): Case => ({
      name: `vibStep-${backend}`,
      // more than one, so that the later losses and the gradient agree only where Adam does too
      task: { operation: 'vibStep', steps: backend === 'wasm' ? 4 : 2 },
      entries: [...contestants(backend), ...(backend === 'wasm' ? [alone] : [])],
      aside: [...(backend === 'wasm' ? [...oneThread, ...moreThreads] : []), javascript],
      rounds: backend === 'wasm' ? 9 : 3,
      targetRatio: 1.3,
      targetSpeedUp: backend === 'wasm' ? 1.4 : undefined,
    }),
  ),
  ...(['wasm', 'webgpu'] as const).map(
    (backend): Case => ({
      name: `trainingStep-${backend}`,
      task: { operation: 'trainingStep', steps: backend === 'wasm' ? 3 : 2, words: 4096 },
      entries: [...contestants(backend), ...(backend === 'wasm' ? [alone] : [])],
      aside: [...(backend === 'wasm' ? [...oneThread, ...moreThreads] : []), javascript],
      rounds: backend === 'wasm' ? 9 : 3,
      targetRatio: 1.3,
      targetSpeedUp: backend === 'wasm' ? 1.4 : undefined,
    }),
  ),
  {
    name: 'trainingStepMemory',
    task: { operation: 'trainingStep', steps: 1, words: 25_000 },
    entries: [entry('natlab', 'wasm'), entry('natlab', 'webgpu')],
    aside: [],
    rounds: 1,
    targetNeeded: 1.5,
  },
]

/** Floating-point operations of one run, counting the products alone; how many normals, or quadrature points. */
export function workOf(task: Task): number {
  if (task.operation === 'matrixProduct') return 2 * task.m * task.k * task.n
  if (task.operation === 'logitLoss') return 2 * task.tokens * task.dModel * task.words
  if (task.operation === 'gaussianFit') return task.fits * task.steps * fitPoints
  if (task.operation === 'vibStep') return task.steps * vibStepOperations
  if (task.operation === 'trainingStep') return task.steps * trainingStepOperations(task)
  return task.rows * task.columns
}

/** Bytes beyond the inputs that a task cannot do without, where it is known. */
export const neededBytes = (task: Task): number | undefined =>
  task.operation === 'trainingStep' ? stateBytes(task) : undefined
