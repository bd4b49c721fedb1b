/** Starts the page with its labs and its engine, or the presenter window of a page. */
import { createApp } from './app/app.ts'
import { pairOfLink } from './app/presenter/protocol.ts'
import './app/styles/app.css'
import { EngineClient } from './engine/client.ts'
import { labs } from './labs/index.ts'

const root = document.getElementById('app')!
const pair = pairOfLink(location.search)

if (pair === undefined)
  createApp(root, {
    labs,
    createEngine: () => new EngineClient(),
    loadStage: () => import('./stage/index.ts'),
  })
else
  import('./app/presenter/window.ts').then(
    ({ createPresenterWindow }) => createPresenterWindow(root, pair, labs),
    (fault: Error) => {
      root.textContent = `The code for the presenter window did not arrive: ${fault.message}. Reload the window.`
    },
  )
