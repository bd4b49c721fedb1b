/**
 * Finds the browser that the tests run in: a path in the environment (NATLAB_BROWSER, CHROME_PATH), else an
 * installed Chrome, Chromium or Edge, else Debian's package (as root), else Playwright's own download.
 *
 * Where there is a choice, Chromium's headless shell comes first: it draws no window around the page, and so opens a
 * page with less than half of the processor's time.
 */
import { execFileSync } from 'node:child_process'
import { chromium } from 'playwright'
import {
  debianInstalls,
  executable,
  installByDebian,
  installed,
  updateDebian,
  windowsPrograms,
} from './programs.ts'

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
  ...windowsPrograms('Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'),
]
const onThisMachine = () => installed(commands, installations)

function installedByDebian(): string | undefined {
  if (!debianInstalls()) return undefined
  console.log('natlab: no browser found; installing Debian’s chromium…')
  updateDebian()
  // releases without the one have the other
  if (!installByDebian('chromium-headless-shell')) installByDebian('chromium')
  return onThisMachine()
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
  found = named || onThisMachine() || installedByDebian() || downloadedByPlaywright()
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
