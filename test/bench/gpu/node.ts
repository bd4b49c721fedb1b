/** Runs the bundle in Node, with Dawn's addon and a driver that has an adapter. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrowser } from '../../browser/find.ts'

const here = dirname(fileURLToPath(import.meta.url))

/** The addon of the package `webgpu` for this machine. */
export function findAddon(): string | undefined {
  const named = process.env.DAWN
  if (named) return named
  const system = process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`
  const path = join(here, 'node_modules/webgpu/dist', system, 'dawn.node')
  return existsSync(path) ? path : undefined
}

const asking = `const { create } = process.getBuiltinModule('node:module').createRequire(process.cwd() + '/')(process.env.DAWN)
globalThis.gpu = create([])
gpu.requestAdapter().then((adapter) => process.exit(adapter ? 0 : 1))`

/** Whether Dawn finds an adapter with these drivers. */
const offersAdapter = (env: NodeJS.ProcessEnv) =>
  spawnSync(process.execPath, ['-e', asking], { env, stdio: 'ignore' }).status === 0

/** Chromium's own driver, which computes on the CPU. */
function chromiumDriver(): string | undefined {
  const folders = [dirname(realpathSync(findBrowser())), '/usr/lib/chromium']
  return folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find(existsSync)
}

/** The environment in which Dawn has an adapter: the machine's drivers, or else Chromium's. */
function environmentFor(addon: string, runtime: string): NodeJS.ProcessEnv {
  // Mesa's drivers keep sockets there
  const own = { XDG_RUNTIME_DIR: runtime, ...process.env, DAWN: addon }
  if (offersAdapter(own)) return own
  const driver = chromiumDriver()
  const chromiums = driver && { ...own, VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver }
  if (chromiums && offersAdapter(chromiums)) return chromiums
  throw new Error('Dawn finds no adapter here: neither a GPU nor Chromium’s own driver for Vulkan.')
}

interface Run {
  readonly addon: string
  readonly words: readonly string[]
  readonly folder?: string
}

/** Resolves with the exit code. */
export async function runBundle(path: string, { addon, words, folder }: Run): Promise<number> {
  const runtime = mkdtempSync(join(tmpdir(), 'natlab-'))
  try {
    const env = environmentFor(addon, runtime)
    const child = spawn(process.execPath, [path, ...words], { stdio: 'inherit', env, cwd: folder })
    return await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', (code) => resolve(code ?? 1))
    })
  } finally {
    rmSync(runtime, { recursive: true, force: true })
  }
}
