/** Draws the init lab: the first loss, or two models in training; built anew when the other view is chosen. */
import type { Stage } from '../../stage/contract.ts'
import type { View } from '../lab.ts'
import { createInitialView } from './initialView.ts'
import { isTraining } from './parameters.ts'
import { createTrainingView } from './training/view.ts'
import type { ShownView } from './viewParts.ts'

export function createView(stage: Stage): View {
  let training: boolean | undefined
  let shown: ShownView | undefined
  let wanted: Readonly<Record<string, boolean>> = {}
  const arrange = () => {
    for (const [name, value] of Object.entries(wanted))
      for (const { panel, label } of shown?.switches[name] ?? []) stage.setToggle(panel, label, value)
  }
  return {
    draw(frame) {
      const next = isTraining(frame.values)
      if (next !== training) {
        if (shown) stage.clear()
        shown = next ? createTrainingView(stage) : createInitialView(stage)
        training = next
        arrange()
      }
      shown?.draw(frame)
    },
    arrange(switches) {
      wanted = switches
      arrange()
    },
    dispose() {
      shown = undefined
    },
  }
}
