/** Two models in training: their loss curves, and their logits, probabilities, norms and texts. */
import type { Stage } from '../../stage/contract.ts'
import { createPanelSetView, createSwitches, type PanelSet } from '../common/panelSet.ts'
import type { View, ViewFrame } from '../lab.ts'
import { type Curves, earlyContent, earlyLosses, lossContent, repeatContent } from './curvesView.ts'
import type { ModelFrame, TrainingFrame } from './frame.ts'
import { landscapeContent, logitsContent, normsContent, textContent } from './insideView.ts'
import { toNewest } from './newest.ts'

type Frame = ViewFrame<TrainingFrame>

/**
 * Draws only when `told`, the data of the picture, differs from last time. Drawing thousands of bars on a CPU costs
 * more than a step does.
 */
function whenChanged(draw: (shown: Curves) => void): (told: unknown, shown: Curves) => void {
  let last: string | undefined
  return (told, shown) => {
    const now = JSON.stringify(told)
    if (now === last) return
    draw(shown)
    last = now
  }
}

export function createPanels(stage: Stage): PanelSet {
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

  const ofEarly = whenChanged((shown: Curves) => early.update(earlyContent(shown, switches.logEarly)))
  const ofText = whenChanged((shown: Curves) => text.update(textContent(shown)))
  const ofMeasured = whenChanged((shown: Curves) => {
    repeat.update(repeatContent(shown))
    logits.update(logitsContent(shown, switches.logLogits))
    norms.update(normsContent(shown))
    // a scene has no empty state: it waits until there are data
    if (shown.frame.data.models?.[0].landscape.length)
      landscape.update(landscapeContent(shown, switches.logLandscape))
  })

  function draw(next: Frame): void {
    frame = next
    const { values, data } = next
    const shown: Curves = { frame: { ...next, data: toNewest(data) }, names: switches.names }
    curves.update(lossContent(shown, { logarithmic: switches.logLoss, near: switches.near }))
    const common = [values, switches, data.loading]
    const each = <Told>(tell: (model: ModelFrame) => Told) => data.models?.map(tell)
    ofEarly([common, each(earlyLosses)], shown)
    ofText(
      [common, data.prompt, each((one) => [one.firstContinuation, one.continuation, one.continuationStep])],
      shown,
    )
    ofMeasured([common, data.measuredStep, each(({ newest }) => newest)], shown)
  }

  return { draw: (next) => draw(next as Frame), switches: places }
}

export const createView = (stage: Stage): View =>
  createPanelSetView(
    stage,
    () => 'both models',
    () => createPanels(stage),
  )
