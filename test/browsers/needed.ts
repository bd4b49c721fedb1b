/**
 * What these tests need of the machine. As root on Debian they install it; elsewhere they find what is there, and say
 * in a sentence what is missing.
 */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  debianInstalls,
  executable,
  installByDebian,
  installed,
  updateDebian,
  windowsPrograms,
} from '../browser/programs.ts'

const here = dirname(fileURLToPath(import.meta.url))

const firefoxCommands = ['firefox-esr', 'firefox', 'firefox-developer-edition', 'firefox-nightly']
const firefoxInstallations = [
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  '/Applications/Firefox Developer Edition.app/Contents/MacOS/firefox',
  '/Applications/Firefox Nightly.app/Contents/MacOS/firefox',
  ...windowsPrograms(
    'Mozilla Firefox/firefox.exe',
    'Firefox Developer Edition/firefox.exe',
    'Firefox Nightly/firefox.exe',
  ),
]

/** A Vulkan driver for WebGPU, and for WebGL in a window: a screen, and OpenGL by the processor. */
const debianPackages = ['mesa-vulkan-drivers', 'xvfb', 'libegl1', 'libgl1-mesa-dri']

const isInstalled = (name: string) => spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status === 0

function installOnDebian(withFirefox: boolean): void {
  const wanted = [...debianPackages, ...(withFirefox ? ['firefox-esr'] : [])].filter(
    (name) => !isInstalled(name),
  )
  if (wanted.length === 0) return
  console.log(`natlab: installing Debian’s ${wanted.join(', ')}…`)
  updateDebian()
  for (const name of wanted) installByDebian(name)
}

/** Which of Deno's packages holds the program for this machine, as its installation decides. */
function findDeno(): string | undefined {
  const system = process.platform === 'linux' ? 'linux' : process.platform
  const name = `${system}-${process.arch}${system === 'linux' ? '-glibc' : ''}`
  const file = process.platform === 'win32' ? 'deno.exe' : 'deno'
  const path = join(here, 'node_modules/@deno', name, file)
  return executable(path) ? path : undefined
}

/** Whether wgpu, which Firefox and Deno share, has an adapter here. */
function offersAdapter(deno: string): boolean {
  const asking = 'Deno.exit((await navigator.gpu.requestAdapter()) ? 0 : 1)'
  return spawnSync(deno, ['eval', '--unstable-webgpu', asking], { stdio: 'ignore' }).status === 0
}

export interface Programs {
  readonly firefox?: string
  /** The screen that Firefox's window stands on; undefined where the desktop's is taken. */
  readonly screen?: string
  readonly deno?: string
}

export function findPrograms(): { readonly programs: Programs; readonly missing: readonly string[] } {
  const missing: string[] = []
  const named = process.env.NATLAB_FIREFOX
  const onThisMachine = () => named || installed(firefoxCommands, firefoxInstallations)
  if (debianInstalls()) installOnDebian(!onThisMachine())
  const lacks = (sentence: string) => {
    missing.push(`natlab: ${sentence}`)
    return undefined
  }
  const find = () => {
    const path = onThisMachine()
    if (!path) return lacks('there is no Firefox; install it, or name one in NATLAB_FIREFOX.')
    if (!executable(path)) return lacks(`NATLAB_FIREFOX names ${path}, but there is no such program.`)
    const screen = process.platform === 'linux' ? installed(['Xvfb']) : undefined
    if (process.platform === 'linux' && !screen && !process.env.DISPLAY)
      return lacks('Firefox draws in a window, and there is neither a desktop nor Xvfb; install Xvfb.')
    return { firefox: path, screen }
  }
  const deno = findDeno()
  if (!deno) lacks(`the package deno has no program for ${process.platform} on ${process.arch}.`)
  else if (!offersAdapter(deno)) {
    lacks('WebGPU has no adapter here; install a Vulkan driver, as Debian’s mesa-vulkan-drivers.')
    return { programs: {}, missing }
  }
  return { programs: { ...find(), deno }, missing }
}
