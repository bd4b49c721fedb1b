/** The metrics that the runs have are those of the labs' pages in docs/: none is missing there, and none is made up. */
import { describe, expect, it } from 'vitest'
import { metricsOn } from '../../scripts/tables.ts'
import { createWasmBackend } from '../../src/compute/wasm/index.ts'
import type { ExperimentModule } from '../../src/labs/experiment.ts'
import { experimentModule as init } from '../../src/labs/init/experiment.ts'
import { experimentModule as kl } from '../../src/labs/kl/experiment.ts'
import type { ParameterValues } from '../../src/labs/parameter.ts'
import { experimentModule as training } from '../../src/labs/training/experiment.ts'
import { defaults } from '../../src/labs/validation.ts'
import { experimentModule as vib } from '../../src/labs/vib/experiment.ts'
import { takeMadeUpText, tiny } from './trainingRuns.ts'
import { small } from './vibRuns.ts'

const pages = import.meta.glob<string>('../../docs/*.md', { query: '?raw', import: 'default', eager: true })
const smallInit = { vocab: 1000, dModel: 16, tokens: 8 }

/** For each lab the values of runs that have all of its metrics between them. */
const labs: Record<string, readonly [ExperimentModule, readonly ParameterValues[]]> = {
  init: [init, [smallInit]],
  training: [training, [tiny, { ...tiny, race: true }]],
  kl: [
    kl,
    [
      { starts: 16, third: 'jeffreys' },
      { family: 'gaussian2d', target: 'triangle', starts: 16 },
      { family: 'uniform', smoothing: true },
    ],
  ],
  vib: [vib, [small, { ...small, mode: 'three' }, { ...small, mode: 'sweep', betaCount: 2, seeds: 1 }]],
}

async function namesOf(lab: ExperimentModule, values: ParameterValues): Promise<string[]> {
  const backend = await createWasmBackend()
  const run = await lab.createExperiment(backend, defaults(lab.parameters, values))
  try {
    while (!run.ready) await run.advance(0, 100)
    return Object.keys(await run.metrics())
  } finally {
    run.dispose()
    backend.dispose()
  }
}

describe.each(Object.entries(labs))('the metrics of %s', (id, [lab, settings]) => {
  it(`are those of docs/${id}.md`, async () => {
    if (id === 'training') await takeMadeUpText()
    const names = new Set<string>()
    for (const values of settings) for (const name of await namesOf(lab, values)) names.add(name)
    const documented = metricsOn(pages[`../../docs/${id}.md`])
    expect([...documented].sort()).toEqual([...names].sort())
  })
})
