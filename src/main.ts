/** Starts the page with its labs and its engine, the same in a frame of another page, or the presenter window. */
import { parseAddress } from './app/address.ts'
import { createApp } from './app/app.ts'
import { pairOfLink } from './app/presenter/protocol.ts'
import './app/styles/app.css'
import { EngineClient } from './engine/client.ts'
import { labs } from './labs/index.ts'

const root = document.getElementById('app')!
const pair = pairOfLink(location.search)

const options = {
  labs,
  createEngine: () => new EngineClient(),
  loadStage: () => import('./stage/index.ts'),
}

/** `work` starts with a part that comes from the server. */
const late = (name: string, work: Promise<unknown>) =>
  work.catch((fault: Error) => {
    root.textContent = `The code for the ${name} did not arrive: ${fault.message}. Reload the page.`
  })

if (pair !== undefined)
  void late(
    'presenter window',
    import('./app/presenter/window.ts').then(({ createPresenterWindow }) =>
      createPresenterWindow(root, pair, labs),
    ),
  )
else if (parseAddress(location.search + location.hash, labs).embed)
  void late(
    'embedded view',
    import('./app/embed/page.ts').then(({ createEmbed }) => createEmbed(root, options)),
  )
else createApp(root, options)
