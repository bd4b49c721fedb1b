/**
 * Trained models against another program's and walks through the built page, the page in Firefox, the kernels on wgpu,
 * and the GPU benchmark on Dawn: each a run of vitest's own, one after the other.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, preview } from 'vite'
import { failuresIn, reporting } from './failures.ts'
import { findPrograms } from './needed.ts'

/** The reports of the runs. */
const reports = mkdtempSync(join(tmpdir(), 'natlab-reports-'))
const report = (name: string) => join(reports, `${name}.json`)

/** Words that run vitest, and let it write a report of this name. */
const vitest = (name: string) => ['node_modules/vitest/vitest.mjs', 'run', ...reporting(report(name))]

/** A word may name files of one of the runs only. */
const given = (words: readonly string[]) => (words.length > 0 ? ['--passWithNoTests', ...words] : [])

/** Resolves with the exit code. */
function run(program: string, words: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, words, { stdio: 'inherit', env: { ...process.env, ...environment } })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

/** The screen's name, as in DISPLAY, and how to switch it off. */
async function openScreen(program: string) {
  const size = ['-screen', '0', '1400x1000x24']
  // it finds a free number, and writes it to its fourth stream
  const words = ['-displayfd', '3', ...size, '-nolisten', 'tcp']
  const screen = spawn(program, words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const number = await new Promise<string>((resolve, reject) => {
    screen.stdio[3]!.once('data', (data) => resolve(String(data).trim()))
    screen.once('exit', () => reject(new Error('natlab: Xvfb ended at once; is it installed whole?')))
  })
  return { name: `:${number}`, close: () => screen.kill() }
}

/** Builds what visitors get: this program itself was loaded for development, and says so to the build. */
async function buildSite(): Promise<void> {
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  await build({ logLevel: 'error' })
  if (NODE_ENV === undefined) delete process.env.NODE_ENV
  else process.env.NODE_ENV = NODE_ENV
}

const compareAndWalk = (words: readonly string[]) =>
  run(process.execPath, [...vitest('walks'), '--project=references', '--project=walks', ...given(words)], {})

async function testFirefox(path: string, screen: string | undefined, words: readonly string[]) {
  const server = await preview({ preview: { port: 0, strictPort: false }, logLevel: 'error' })
  const opened = screen ? await openScreen(screen) : undefined
  try {
    return await run(
      process.execPath,
      [...vitest('firefox'), '--config', 'test/browsers/firefox.config.ts', ...given(words)],
      {
        NATLAB_FIREFOX: path,
        NATLAB_SITE: server.resolvedUrls!.local[0],
        ...(opened && { DISPLAY: opened.name }),
      },
    )
  } finally {
    opened?.close()
    await server.close()
  }
}

function testWgpu(deno: string, words: readonly string[]) {
  const config = ['--config', 'test/browsers/wgpu.config.ts']
  return run(deno, ['run', '-A', '--unstable-webgpu', ...vitest('wgpu'), ...config, ...given(words)], {})
}

const testDawn = (words: readonly string[]) =>
  run(process.execPath, [...vitest('dawn'), '--config', 'test/browsers/dawn.config.ts', ...given(words)], {})

/** Those tests whose files' names contain a word, or all. Resolves with the exit code. */
export async function testBrowsers(words: readonly string[]): Promise<number> {
  // Mesa's drivers and Firefox keep sockets there
  const own = process.env.XDG_RUNTIME_DIR ? undefined : mkdtempSync(join(tmpdir(), 'natlab-'))
  process.env.XDG_RUNTIME_DIR ??= own
  try {
    const { programs, missing } = findPrograms()
    await buildSite()
    const { firefox, screen, deno } = programs
    const codes = [
      await compareAndWalk(words),
      ...(firefox ? [await testFirefox(firefox, screen, words)] : []),
      ...(deno ? [await testWgpu(deno, words)] : []),
      await testDawn(words),
    ]
    const failures = ['walks', 'firefox', 'wgpu', 'dawn'].flatMap((name) => failuresIn(report(name)))
    if (failures.length > 0) console.error(`natlab: failed:\n${failures.join('\n')}\n`)
    for (const sentence of missing) console.error(sentence)
    // a person may do without a browser, but is told; whoever runs all tests for others may not
    if (missing.length > 0 && process.env.CI) return 1
    if (missing.length > 0) console.error('natlab: what needs it was not tested.')
    return Math.max(0, ...codes)
  } finally {
    for (const folder of [own, reports]) if (folder) rmSync(folder, { recursive: true, force: true })
  }
}
