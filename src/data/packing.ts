/**
 * Common functions for packing data: originals and packed files verified by checksum, packed files compressed by gzip.
 * Runs in Node, before Vite serves or bundles anything.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const folder = dirname(fileURLToPath(import.meta.url))
const outputs = join(folder, 'generated')

const output = (name: string) => join(outputs, `${name}.bin`)

/** Throws an Error, with the name `what` of the bytes, unless they have this SHA-256. */
export function verify(what: string, bytes: Uint8Array, sha256: string): void {
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== sha256)
    throw new Error(`${what} is damaged: its SHA-256 is ${found} and should be ${sha256}.`)
}

/** Verifies a file's bytes, and writes them, compressed, into the folder of packed files. */
export async function writePacked(
  source: string,
  name: string,
  unpacked: Uint8Array,
  sha256: string,
): Promise<void> {
  verify(`${source}: the packed ${name}`, unpacked, sha256)
  mkdirSync(outputs, { recursive: true })
  // written aside, then renamed, so that no other process sees half a file
  const temporary = `${output(name)}.${process.pid}`
  // the default level: the highest one takes twenty times as long and saves two per cent
  writeFileSync(temporary, await promisify(gzip)(unpacked))
  renameSync(temporary, output(name))
}

/** Whether all packed files exist and are newer than the sources of this folder that decide their content. */
function isPacked(names: readonly string[], sources: readonly string[]): boolean {
  const newest = Math.max(
    ...['packing.ts', ...sources].map((source) => statSync(join(folder, source)).mtimeMs),
  )
  return names.every((name) => existsSync(output(name)) && statSync(output(name)).mtimeMs >= newest)
}

export interface Packing<Originals> {
  /** Names of the packed files, without their extension. */
  readonly names: readonly string[]
  /** The files of this folder that decide the content of the packed files. */
  readonly sources: readonly string[]
  /** Reads and verifies the originals. */
  readOriginals(): Originals
  pack(originals: Originals): Promise<void>
}

/** Returns a function that packs missing or old files, once a process. A build always verifies the originals. */
export function packer<Originals>({ names, sources, readOriginals, pack }: Packing<Originals>) {
  let packed: Promise<void> | undefined
  return (building: boolean): Promise<void> => {
    packed ??= (async () => {
      if (!isPacked(names, sources)) await pack(readOriginals())
      else if (building) readOriginals()
    })()
    return packed
  }
}

/** The folder `data` of an installed package. */
export function dataFolder(source: string, name: string): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'data')
  } catch (cause) {
    throw new Error(`${source}: the package ${name} is not installed: run npm ci.`, { cause })
  }
}
