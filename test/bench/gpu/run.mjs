/** `npm run bench:gpu -- [option…]`: Node does not run TypeScript by itself everywhere, so vite loads the program. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const { module } = await runnerImport(fileURLToPath(new URL('./run.ts', import.meta.url)), {
  configFile: false,
})
process.exitCode = await module.benchGpu(process.argv.slice(2))
