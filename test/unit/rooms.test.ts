/** Who imports whom: by the rules of rooms.ts, and never in a circle. Types count as much as values. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync } from 'vite'
import { expect, it } from 'vitest'
import { exceptions, rooms } from './rooms.ts'

/** Compiled by another compiler, which knows no imports from here. */
const apart = /\/(kernels|generated)\//

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => join('src', name).replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !apart.test(file))

interface Import {
  readonly to: string
  /** Loaded with the file that names it, not when it is asked for. */
  readonly atOnce: boolean
}

/** Every import and export of a file, dynamic imports, and workers by their address. */
function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const { module } = parseSync(file, text)
  const reExported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
  )
  const later = [
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start + 1, end - 1)),
    ...[...text.matchAll(/new URL\(\s*'([^']+)',\s*import\.meta\.url/g)].map(([, path]) => path),
  ]
  const place = (path: string) =>
    path.startsWith('.') ? join(dirname(file), path.split('?')[0]).replaceAll('\\', '/') : path
  return [
    ...[...module.staticImports.map(({ moduleRequest }) => moduleRequest.value), ...reExported].map(
      (path) => ({
        to: place(path),
        atOnce: true,
      }),
    ),
    ...later.map((path) => ({ to: place(path), atOnce: false })),
  ]
}

const graph = new Map(sources.map((file) => [file, importsOf(file)]))
const roomOf = (file: string) => rooms.find(({ files }) => files.test(file))

function permittedImport(from: string, to: string): boolean {
  const room = roomOf(from)
  const other = roomOf(to)
  if (!room) return false
  if (other) return room === other || room.imports.includes(other.name)
  return room.imports.some((name) => to === name || to.startsWith(name.endsWith(':') ? name : `${name}/`))
}

/** The lab that a file belongs to: one lab knows nothing of another. */
const labOf = (file: string) => /^src\/labs\/(?!common\/)(\w+)\//.exec(file)?.[1]
const fromOtherLab = (from: string, to: string) =>
  labOf(from) !== undefined && labOf(to) !== undefined && labOf(from) !== labOf(to)

const edges = [...graph].flatMap(([from, imports]) => imports.map(({ to }) => ({ from, to })))
const broken = edges.filter(({ from, to }) => !permittedImport(from, to) || fromOtherLab(from, to))
const excepts = (exception: (typeof exceptions)[number], { from, to }: { from: string; to: string }) =>
  exception.from.test(from) && exception.to.test(to)

it('puts every file into a room', () => {
  expect(sources.length).toBeGreaterThan(100)
  expect(sources.filter((file) => !roomOf(file))).toEqual([])
})

it('lets rooms import what rooms.ts permits, and nothing else', () => {
  const faults = broken.filter((edge) => !exceptions.some((exception) => excepts(exception, edge)))
  const told = faults.map(
    ({ from, to }) => `${from} (${roomOf(from)?.name}) imports ${to} (${roomOf(to)?.name ?? 'a package'})`,
  )
  expect(told).toEqual([])
})

it('lists no exception that nothing needs', () => {
  const idle = exceptions.filter((exception) => !broken.some((edge) => excepts(exception, edge)))
  expect(idle).toEqual([])
})

/** Sets of files that import each other, directly or around (Tarjan’s strongly connected components). */
function circlesOf(): string[][] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const found: string[][] = []
  const visit = (file: string) => {
    const own = order.size
    order.set(file, own)
    lowest.set(file, own)
    open.push(file)
    for (const { to, atOnce } of graph.get(file) ?? []) {
      if (!atOnce || !graph.has(to)) continue
      if (!order.has(to)) {
        visit(to)
        lowest.set(file, Math.min(lowest.get(file)!, lowest.get(to)!))
      } else if (open.includes(to)) lowest.set(file, Math.min(lowest.get(file)!, order.get(to)!))
    }
    if (lowest.get(file) !== own) return
    const circle = open.splice(open.indexOf(file))
    if (circle.length > 1) found.push(circle.sort())
  }
  for (const file of graph.keys()) if (!order.has(file)) visit(file)
  return found
}

it('has no circles', () => {
  expect(circlesOf()).toEqual([])
})
