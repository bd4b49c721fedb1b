/** Turns a shader's file into the imported module: the shaders that it needs are joined in front. For Node. */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Plugin } from 'vite'
import { fileMark } from './shader.ts'

/** Names in a first line such as `// needs isNan, softmax`: files beside the shader. */
const needed = (source: string) => source.match(/^\/\/ needs (.*)$/m)?.[1].split(', ') ?? []

/** The files of a shader in the order in which they are joined, each once. */
function filesOf(path: string, before: readonly string[] = []): string[] {
  const files = needed(readFileSync(path, 'utf8')).reduce<readonly string[]>(
    (all, name) => filesOf(join(dirname(path), `${name}.wgsl`), all),
    before,
  )
  return files.includes(path) ? [...files] : [...files, path]
}

/** A shader without comments, indentation and empty lines. */
export const bare = (shader: string) =>
  shader
    .split('\n')
    .map((line) => line.replace(/\/\/.*/, '').trim())
    .filter(Boolean)
    .join('\n')

/**
 * Writes the lines between `// each i = 0 to 15` and `// end` out for i = 0 … 15, in place of `$i`: SwiftShader keeps in
 * registers only what has a name of its own. They come to stand in one line, so that all others keep their numbers.
 */
export function writtenOut(shader: string): string {
  const innermost = /^ *\/\/ each (\w) = (\d+) to (\d+)\n((?:(?! *\/\/ each ).*\n)*?) *\/\/ end$/m
  let text = written(shader)
  for (let found = innermost.exec(text); found; found = innermost.exec(text)) {
    const [block, name, first, last, lines] = found
    const line = bare(lines).replaceAll('\n', ' ')
    const copies = Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) =>
      line.replaceAll(`$${name}`, String(Number(first) + i)),
    )
    text = text.replace(block, () => copies.join(' ') + block.replace(/[^\n]/g, ''))
  }
  return text
}

/**
 * Writes the lines between `// for tile, last = a 15, b 7` and `// end for` once for each entry of the list, with its
 * words in place of `$tile` and `$last`. The first copy keeps its lines, and the others stand in the last one.
 */
function written(shader: string): string {
  const block = /^\/\/ for ([\w, ]+) = ([\w, ]+)\n((?:.*\n)*?)\/\/ end for$/gm
  return shader.replace(block, (_, names: string, list: string, lines: string) => {
    const copies = list.split(', ').map((entry) => {
      const words = entry.split(' ')
      return names.split(', ').reduce((text, name, place) => text.replaceAll(`$${name}`, words[place]), lines)
    })
    const [first, ...others] = copies
    return `\n${first}${others.map((copy) => bare(writtenOut(copy)).replaceAll('\n', ' ')).join(' ')}`
  })
}

/** The built page carries the shaders without their comments and indentation; the files keep them for the reader. */
export function joinedShaders(): Plugin {
  let built = false
  return {
    name: 'natlab-shaders',
    enforce: 'pre',
    configResolved({ command }) {
      built = command === 'build'
    },
    load(id) {
      if (!id.endsWith('.wgsl?raw')) return
      const files = filesOf(id.slice(0, -'?raw'.length))
      for (const file of files) this.addWatchFile(file)
      const source = files
        .map((file) => `${fileMark}${basename(file)}\n${writtenOut(readFileSync(file, 'utf8'))}`)
        .join('\n')
      return `export default ${JSON.stringify(built ? bare(source) : source)}`
    },
    // an edited shader needs a new worker, not a new page: app.ts listens
    hotUpdate({ file, modules }) {
      if (!file.endsWith('.wgsl')) return
      const { hot, moduleGraph } = this.environment
      for (const changed of modules)
        for (const one of [changed, ...changed.importers]) moduleGraph.invalidateModule(one)
      hot.send('natlab:shaders')
      return []
    },
  }
}
