/**
 * Times natlab against its peers in one browser. The figures depend on the machine: nothing is asserted.
 *
 * Every library runs in a worker of its own, with its inputs in its own memory. A run is timed until its
 * result is complete there: on WASM when the call returns, on WebGPU when the queue is done. One round runs
 * each contestant once. On WASM every library gets all threads that it can use, as its users have it, and
 * natlab runs on one thread, too, for the speed-up. The peers on one thread, and natlab on more threads than
 * there may be cores, are shown aside and stay out of the ratios.
 *
 * The peers get the lighter task in the loss: the product and its log-sum-exp, with the table stored the way
 * that each is faster with. natlab computes all of the lab's statistics.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright'
import { build, createServer, preview } from 'vite'
import { browserArguments, findBrowser } from '../browser/find.ts'
import type { BusyShare } from './busyShare.ts'
import { type Case, cases } from './cases.ts'
import { drag, dragTable } from './drag.ts'
import packages from './package.json'
import type { CaseResult } from './page.ts'
import { adapters, busyTable, judge, summarize, table, type Versions } from './report.ts'
import { embeddingTable, sweepTable, vibEmbedding, vibSweep } from './vibPage.ts'
import { referenceTable, vibReference } from './vibReference.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

const versions: Versions = {
  'TensorFlow.js': packages.dependencies['@tensorflow/tfjs-core'],
  'jax-js': packages.dependencies['@jax-js/jax'],
}

declare global {
  interface Window {
    runCase(test: Case): Promise<CaseResult>
    busyShares(): Promise<BusyShare[]>
  }
}

/** The site's own configuration: cross-origin isolation and the kernels' build. */
const shared = { configFile: path('../../vite.config.ts'), logLevel: 'error' } as const

/** What is measured beside the cases, under this name. */
const busyName = 'busyShare'

async function runCases(browser: Browser, chosen: readonly Case[], busyToo: boolean) {
  const server = await createServer({
    ...shared,
    root: path('.'),
    publicDir: false,
    cacheDir: path('node_modules/.vite'),
    server: { port: 0, hmr: false, watch: null, fs: { allow: [path('../..')] } },
    optimizeDeps: {
      include: [
        ...Object.keys(packages.dependencies),
        '@tensorflow/tfjs-core/dist/register_all_gradients',
        'comlink',
      ],
    },
  })
  try {
    await server.listen()
    const page = await browser.newPage()
    page.on('pageerror', (error) => console.error(`  page: ${error.message}`))
    await page.goto(server.resolvedUrls!.local[0])
    await page.waitForFunction(() => 'runCase' in window)
    const machine = await page.evaluate(() => ({
      cores: navigator.hardwareConcurrency,
      isolated: crossOriginIsolated,
    }))
    console.log(`${machine.cores} cores, cross-origin isolated: ${machine.isolated}`)
    console.log('MB: the most that is held beyond the inputs, the library’s output and reserves included')
    const results: CaseResult[] = []
    for (const test of chosen) {
      const result = await page.evaluate((given) => window.runCase(given), test)
      console.log(table(test, result, versions))
      results.push(result)
    }
    if (results.length > 0) console.log(`\n${adapters(results)}`)
    const busy = busyToo ? await page.evaluate(() => window.busyShares()) : undefined
    if (busy) console.log(busyTable(busy))
    await page.close()
    return {
      ...machine,
      [busyName]: busy,
      cases: results.map((result, index) => withVerdict(chosen[index], result)),
    }
  } finally {
    await server.close()
  }
}

const withVerdict = (test: Case, result: CaseResult) => ({
  ...result,
  targets: {
    ratio: test.targetRatio,
    speedUp: test.targetSpeedUp,
    memory: test.targetMemory,
    cold: test.targetCold,
  },
  verdict: judge(test, result),
  timings: result.timings.map((timing) => ({ ...timing, summary: summarize(timing.warm) })),
})

/** What is measured in the built page, by the name that the command line picks it by. */
const pageCases: Readonly<Record<string, (browser: Browser, address: string) => Promise<unknown>>> = {
  drag: told(drag, dragTable),
  vibSweep: told(vibSweep, sweepTable),
  vibEmbedding: told(vibEmbedding, embeddingTable),
  vibReference: told(vibReference, referenceTable),
}
/** Minutes each: only when named. */
const optional = ['vibSweep', 'vibEmbedding', 'vibReference']

function told<Result>(
  measure: (browser: Browser, address: string) => Promise<Result>,
  asTable: (result: Result) => string,
) {
  return async (browser: Browser, address: string): Promise<Result> => {
    const result = await measure(browser, address)
    console.log(asTable(result))
    return result
  }
}

/** Builds the site and measures in it. A page that cannot be used leaves the other figures standing. */
async function runInPage(browser: Browser, chosen: readonly string[]): Promise<Record<string, unknown>> {
  const site = { ...shared, root: path('../..'), build: { outDir: path('results/site'), emptyOutDir: true } }
  await build(site)
  const server = await preview({ ...site, preview: { port: 0 } })
  const results: Record<string, unknown> = {}
  try {
    for (const name of chosen)
      results[name] = await pageCases[name](browser, server.resolvedUrls!.local[0]).catch((fault) => {
        const error = fault instanceof Error ? fault.message : String(fault)
        console.log(`\n${name}: ${error}`)
        return { error }
      })
  } finally {
    await server.close()
  }
  return results
}

/** Times the cases whose name contains one of the words; without any, all but the optional ones. */
export async function bench(words: readonly string[]): Promise<void> {
  const isChosen = (name: string) => words.length === 0 || words.some((word) => name.includes(word))
  const chosen = cases.filter(({ name }) => isChosen(name))
  const inPage = Object.keys(pageCases).filter(
    (name) => isChosen(name) && (words.length > 0 || !optional.includes(name)),
  )
  const busyToo = isChosen(busyName)
  if (chosen.length === 0 && inPage.length === 0 && !busyToo) {
    const names = [...cases.map(({ name }) => name), busyName, ...Object.keys(pageCases)]
    console.log(`No case is named so; there are: ${names.join(', ')}`)
    return
  }
  const browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments })
  const report: Record<string, unknown> = {
    date: new Date().toISOString(),
    browser: `${browser.browserType().name()} ${browser.version()}`,
    versions,
  }
  console.log(report.browser)
  try {
    if (chosen.length > 0 || busyToo) Object.assign(report, await runCases(browser, chosen, busyToo))
    if (inPage.length > 0) Object.assign(report, await runInPage(browser, inPage))
  } finally {
    await browser.close()
  }
  const file = path(`results/${String(report.date).replaceAll(':', '-')}.json`)
  mkdirSync(path('results'), { recursive: true })
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
  console.log(`\n${file}`)
}
