/** `npm run bench -- [case…]`: Node does not run TypeScript by itself everywhere, so vite loads the program. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const { module } = await runnerImport(fileURLToPath(new URL('./bench.ts', import.meta.url)), {
  configFile: false,
})
await module.bench(process.argv.slice(2))
