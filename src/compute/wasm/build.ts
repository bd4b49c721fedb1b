/**
 * Compiles the AssemblyScript kernels to WebAssembly when they are newer than what was built: once with SIMD,
 * once with relaxed SIMD too (fused multiply-add). Runs in Node, before Vite serves or bundles anything.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(fileURLToPath(import.meta.url))
const sources = join(folder, 'kernels')
const outputs = join(folder, 'generated')

const modules = [
  { name: 'kernels.wasm', features: ['simd'] },
  { name: 'kernels-relaxed.wasm', features: ['simd', 'relaxed-simd'] },
]

const modified = (path: string) => (existsSync(path) ? statSync(path).mtimeMs : 0)

async function compile(name: string, features: readonly string[]): Promise<void> {
  // loaded only when there is something to compile: it takes half a second
  const { default: asc } = await import('assemblyscript/asc')
  // written aside and renamed, so that another process never sees half a module
  const temporary = `${name}.${process.pid}`
  const { error, stderr } = await asc.main([
    'kernels/index.ts',
    ...['--baseDir', folder, '--outFile', join('generated', temporary)],
    ...features.flatMap((feature) => ['--enable', feature]),
    ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
    // the backend makes the memory, as large as the browser permits (pages of 64 KiB)
    ...['--importMemory', '--initialMemory', '1', '--maximumMemory', '65535'],
  ])
  if (error) throw new Error(`The WebAssembly kernels do not compile.\n${stderr}`, { cause: error })
  renameSync(join(outputs, temporary), join(outputs, name))
}

async function build(): Promise<void> {
  const files = readdirSync(sources).map((name) => join(sources, name))
  const newest = Math.max(...[...files, sources, fileURLToPath(import.meta.url)].map(modified))
  mkdirSync(outputs, { recursive: true })
  for (const { name, features } of modules)
    if (modified(join(outputs, name)) < newest) await compile(name, features)
}

let built: Promise<void> | undefined

/** Compiles at most once in a process. */
export function buildKernels(): Promise<void> {
  built ??= build()
  return built
}
