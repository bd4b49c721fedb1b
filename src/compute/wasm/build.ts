/**
 * Compiles the AssemblyScript kernels to WebAssembly when they are newer than the last build: once with SIMD, once
 * with relaxed SIMD too (fused multiply-add). Runs in Node, before Vite serves or bundles anything.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(fileURLToPath(import.meta.url))
const sources = join(folder, 'kernels')
const outputs = join(folder, 'generated')
/** The declaration is in the repository, unlike the modules: types are checked before anything is built. */
const declaration = join(outputs, 'kernels.d.ts')

const modules = [
  { name: 'kernels.wasm', features: ['simd'] },
  { name: 'kernels-relaxed.wasm', features: ['simd', 'relaxed-simd'] },
]

const modified = (path: string) => (existsSync(path) ? statSync(path).mtimeMs : 0)

/** The operations' kernels; the other files there are shared by them. */
const entries = readdirSync(join(folder, 'operations'))
  .filter((name) => name !== 'index.ts')
  .concat('heapBase.ts')
  .map((name) => `kernels/${name}`)

async function compile(name: string, features: readonly string[]): Promise<void> {
  // loaded only when there is something to compile: it takes half a second
  const { default: asc } = await import('assemblyscript/asc')
  const made = new Map<string, string | Uint8Array>()
  const options = [
    ...['--baseDir', folder, '--outFile', name, '--bindings', 'raw'],
    ...features.flatMap((feature) => ['--enable', feature]),
    ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
    // the backend makes the memory, as large as the browser permits (pages of 64 KiB)
    ...['--importMemory', '--initialMemory', '1', '--maximumMemory', '65535'],
  ]
  const { error, stderr } = await asc.main([...entries, ...options], {
    writeFile: (file, contents) => void made.set(file, contents),
  })
  if (error) throw new Error(`The WebAssembly kernels do not compile.\n${stderr}`, { cause: error })
  write(join(outputs, name), made.get(name)!)
  const types = typesOf(String(made.get(name.replace('.wasm', '.d.ts'))))
  if (types !== (existsSync(declaration) && readFileSync(declaration, 'utf8'))) write(declaration, types)
}

/** The functions of the compiler's declaration. */
function typesOf(bindings: string): string {
  const functions = [...bindings.matchAll(/^ *export function (.*);$/gm)].map(
    ([, signature]) => `  ${signature}`,
  )
  return `/** The kernels' exports, as build.ts found them. Addresses in bytes, sizes in elements. */
export interface Kernels {
${functions.join('\n')}
}
`
}

/** Writes a file under another name and renames it, so that another process never sees half a file. */
function write(path: string, contents: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, contents)
  renameSync(temporary, path)
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
