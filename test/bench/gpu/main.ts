/**
 * The benchmark on a GPU, in Node: `DAWN=…/dawn.node node bench-gpu.mjs [--quick | --small | --full] [--minutes 5] [--out .]`.
 * First it checks the kernels, then it times the hot loops, then the sweep. What it found so far is always written.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exit } from 'node:process'
import { adapter, compileTimes } from './dawn.ts'
import { markdown, type Report } from './report.ts'
import { budget, folder, size, timeIsOver } from './settings.ts'

declare const __versions__: Readonly<Record<string, string>>

const report: Report = {
  date: new Date().toISOString(),
  size,
  minutes: budget / 60_000,
  versions: { ...__versions__, node: process.version },
  cores: navigator.hardwareConcurrency,
  adapter,
  kernels: [],
  choices: {},
  loops: [],
  compileTimes,
  leftOut: [],
  seconds: 0,
}

const { casesOf, largestTraining, statedLoss } = await import('./cases.ts')
const stated = { loss: statedLoss, training: largestTraining }

mkdirSync(folder, { recursive: true })
const file = join(folder, `natlab-gpu-${report.date.replaceAll(':', '-')}`)

function write(): void {
  report.seconds = performance.now() / 1000
  writeFileSync(`${file}.json`, `${JSON.stringify(report, null, 1)}\n`)
  writeFileSync(`${file}.md`, markdown(report, stated))
}

const leaveOut = (sentence: string) => {
  report.leftOut.push(sentence)
  console.log(sentence)
}

/** A kernel that never ends would keep all else from being written. */
const watch = setTimeout(() => {
  leaveOut(
    'The time was over before the work under way had ended: it was given up, and all that comes after it.',
  )
  finish(2)
}, 1.1 * budget)

function finish(code: number): never {
  clearTimeout(watch)
  write()
  console.log(`${file}.json\n${file}.md`)
  // Dawn's threads would keep the process
  exit(code)
}

/** A section that fails leaves the others standing. */
async function section(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (fault) {
    leaveOut(`${name} ended early: ${fault instanceof Error ? fault.message : String(fault)}`)
  }
  write()
}

const kind = adapter.software ? 'a SOFTWARE adapter, which computes on the CPU' : 'a hardware adapter'
console.log(`${adapter.name}: ${kind}. Sizes: ${size}, at most ${report.minutes} minutes.`)

await section('The check of the kernels', async () => {
  const { checkKernels } = await import('./kernels.ts')
  for await (const one of checkKernels()) {
    const { name, passed, notRun, failures, milliseconds } = one
    report.kernels.push(one)
    console.log(
      `${name}: ${passed} passed, ${failures.length} failed, ${notRun} not run (${milliseconds.toFixed(0)} ms)`,
    )
    for (const { name, message } of failures) console.log(`  ${name}: ${message}`)
    if (notRun > 0)
      leaveOut(`${name}: ${notRun} checks were left out, because the time for kernels was over.`)
    write()
  }
})

await section('The hot loops', async () => {
  const { choices, timeLoop } = await import('./loops.ts')
  report.choices = await choices()
  for (const test of casesOf[size]) {
    if (timeIsOver('loops')) {
      leaveOut(`${test.loop}, ${test.size}: left out, because the time for loops was over.`)
      continue
    }
    for await (const row of timeLoop(test)) {
      report.loops.push(row)
      const { passed, device, gigaflopsPerSecond, error } = row
      const figures = `${passed?.median.toPrecision(3)} ms, device ${device?.median.toPrecision(3)} ms, ${gigaflopsPerSecond?.toPrecision(3)} GFLOP/s`
      console.log(`${row.loop}, ${row.size}, ${row.variant}: ${error ?? figures}`)
    }
    write()
  }
})

await section('The sweep', async () => {
  if (size === 'quick') return leaveOut('The sweep was left out: this run is a quick one.')
  const { sweep } = await import('./sweep.ts')
  report.sweep = await sweep(() => timeIsOver('all'))
  console.log(`sweep: ${JSON.stringify(report.sweep)}`)
})

const failed = report.kernels.some(({ failures }) => failures.length > 0)
finish(failed ? 1 : 0)
