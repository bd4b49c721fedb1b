/**
 * Finds the browser that the tests run in: a path in the environment (NATLAB_BROWSER, CHROME_PATH), else an
 * installed Chrome, Chromium or Edge, else Debian's package (as root), else Playwright's own download.
 *
 * Where there is a choice, Chromium's headless shell comes first: it draws no window around the page, and so opens a
 * page with less than half of the processor's time.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

const commands = [
  'chromium-headless-shell',
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
]
const installations = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ...[process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].flatMap((root) =>
    root
      ? [
          join(root, 'Google/Chrome/Application/chrome.exe'),
          join(root, 'Microsoft/Edge/Application/msedge.exe'),
        ]
      : [],
  ),
]

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function installed(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return [
    ...commands.flatMap((command) => folders.map((folder) => join(folder, command))),
    ...installations,
  ].find(executable)
}

function installedByDebian(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  console.log('natlab: no browser found; installing Debian’s chromium…')
  const aptGet = (...words: string[]) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    return spawnSync('apt-get', words, { stdio: 'ignore', env }).status === 0
  }
  aptGet('update')
  // releases without the one have the other
  for (const name of ['chromium-headless-shell', 'chromium'])
    if (aptGet('install', '-y', '--no-install-recommends', name)) break
  return installed()
}

function downloadedByPlaywright(): string | undefined {
  if (executable(chromium.executablePath())) return chromium.executablePath()
  console.log('natlab: no browser found; downloading Playwright’s Chromium…')
  try {
    execFileSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  return executable(chromium.executablePath()) ? chromium.executablePath() : undefined
}

let found: string | undefined

/** The browser's path. Throws one clear sentence when there is none. */
export function findBrowser(): string {
  if (found) return found
  const named = process.env.NATLAB_BROWSER ?? process.env.CHROME_PATH
  if (named && !executable(named))
    throw new Error(`natlab: the environment names the browser ${named}, but there is no such program.`)
  found = named || installed() || installedByDebian() || downloadedByPlaywright()
  if (!found)
    throw new Error(
      'natlab: no browser found for the tests; install Chrome, Chromium or Edge, or name one in NATLAB_BROWSER.',
    )
  if (found !== process.env.NATLAB_BROWSER) console.log(`natlab: tests run in ${found}`)
  // the configuration is read once for every test project: say it once
  process.env.NATLAB_BROWSER = found
  return found
}

/** WebGPU on any machine (SwiftShader without a GPU), no background traffic. */
export const browserArguments = [
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // Chromium refuses to run its sandbox as root
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]
