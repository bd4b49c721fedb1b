/** `npm run docs`: writes the tables of parameters in docs/ anew. */
import { readFileSync, writeFileSync } from 'node:fs'
import { runnerImport } from 'vite'
import { renderedStories } from '../src/labs/captions.ts'
import type { Lab } from '../src/labs/lab.ts'
import { withTable } from './tables.ts'

export async function run(): Promise<void> {
  const { module } = await runnerImport<{ labs: readonly Lab[] }>('/src/labs/index.ts', {
    configFile: false,
    plugins: [renderedStories()],
  })
  for (const lab of module.labs) {
    const file = `docs/${lab.id}.md`
    const text = readFileSync(file, 'utf8')
    const written = withTable(text, lab)
    writeFileSync(file, written)
    console.log(`${file}: ${written === text ? 'up to date' : 'written'}`)
  }
}
