/** `node scripts/run.mjs NAME`: Node does not run TypeScript by itself everywhere, so vite loads the script. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const [name, ...words] = process.argv.slice(2)
const { module } = await runnerImport(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), {
  configFile: false,
})
await module.run(words)
