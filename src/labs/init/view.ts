/** Draws the init lab: the first loss, or two models in training; built anew when the other view is chosen. */
import type { Stage } from '../../stage/contract.ts'
import type { View } from '../lab.ts'
import { createPanelSetView } from '../panelSet.ts'
import { createInitialView } from './initialView.ts'
import { isTraining } from './parameters.ts'
import { createTrainingView } from './training/view.ts'

export function createView(stage: Stage): View {
  return createPanelSetView(
    stage,
    ({ values }) => String(values.view),
    ({ values }) => (isTraining(values) ? createTrainingView(stage) : createInitialView(stage)),
  )
}
