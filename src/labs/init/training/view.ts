/** Two models in training: their loss curves, and what goes on inside while one comes back. */
import type { Stage } from '../../../stage/contract.ts'
import type { ViewFrame } from '../../lab.ts'
import { createSwitches, type PanelSet } from '../../panelSet.ts'
import { type Curves, earlyContent, lossContent, repeatContent } from './curvesView.ts'
import type { TrainingFrame } from './frame.ts'
import { landscapeContent, logitsContent, normsContent, textContent } from './insideView.ts'
import { toNewest } from './newest.ts'

type Frame = ViewFrame<TrainingFrame>

export function createTrainingView(stage: Stage): PanelSet {
  let frame: Frame | undefined
  const switches = {
    names: true,
    near: false,
    logLoss: false,
    logEarly: true,
    logLogits: true,
    logLandscape: false,
  }
  const { toggle, places } = createSwitches(
    switches,
    {
      names: ['curves', 'names'],
      near: ['curves', 'near ln V'],
      logLoss: ['curves', 'log'],
      logEarly: ['early', 'log'],
      logLogits: ['logits', 'log'],
      logLandscape: ['landscape', 'log height'],
    },
    () => frame && draw(frame),
  )
  const curves = stage.chart({
    id: 'curves',
    title: 'Loss',
    shape: 'wide',
    toggles: [toggle('names'), toggle('near'), toggle('logLoss')],
  })
  const early = stage.chart({
    id: 'early',
    title: 'The first twenty steps',
    toggles: [toggle('logEarly')],
  })
  const repeat = stage.chart({ id: 'repeat', title: 'Does it repeat its input word?' })
  const logits = stage.chart({ id: 'logits', title: 'The logits', toggles: [toggle('logLogits')] })
  const landscape = stage.scene({
    id: 'landscape',
    title: 'Softmax landscape',
    toggles: [toggle('logLandscape')],
  })
  const norms = stage.chart({ id: 'norms', title: 'Norm of the words’ embeddings' })
  const text = stage.table({ id: 'text', title: 'What each model writes', shape: 'wide' })

  function draw(next: Frame): void {
    frame = next
    const shown: Curves = { frame: { ...next, data: toNewest(next.data) }, names: switches.names }
    curves.update(lossContent(shown, { logarithmic: switches.logLoss, near: switches.near }))
    early.update(earlyContent(shown, switches.logEarly))
    repeat.update(repeatContent(shown))
    text.update(textContent(shown))
    logits.update(logitsContent(shown, switches.logLogits))
    norms.update(normsContent(shown))
    // a scene has no empty state: it waits until there is something
    if (next.data.models && next.data.models[0].landscape.length > 0)
      landscape.update(landscapeContent(shown, switches.logLandscape))
  }

  return { draw: (next) => draw(next as Frame), switches: places }
}
