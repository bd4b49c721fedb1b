/** Starts the page with its labs and its engine. */
import { createApp } from './app/app.ts'
import './app/styles/app.css'
import { EngineClient } from './engine/client.ts'
import { labs } from './labs/index.ts'

createApp(document.getElementById('app')!, {
  labs,
  createEngine: () => new EngineClient(),
  loadStage: () => import('./stage/index.ts'),
})
