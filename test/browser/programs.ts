/** Programs that are installed on this machine, and those that Debian can install. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The first of the commands that is in the PATH, else the first of the other places that holds a program. */
export function installed(commands: readonly string[], places: readonly string[] = []): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return [...commands.flatMap((command) => folders.map((folder) => join(folder, command))), ...places].find(
    executable,
  )
}

/** These paths in each folder that Windows keeps programs in. */
export const windowsPrograms = (...paths: readonly string[]) =>
  [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].flatMap((root) =>
    root ? paths.map((path) => join(root, path)) : [],
  )

/** This is Debian, or one of its kind, and we may install. */
export const debianInstalls = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

export const updateDebian = () => void aptGet('update')

/** False where there is no such package. */
export const installByDebian = (name: string) => aptGet('install', '-y', '--no-install-recommends', name)

function aptGet(...words: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', words, { stdio: 'ignore', env }).status === 0
}
