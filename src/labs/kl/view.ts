/** Draws the KL lab: one set of panels for each family, built anew when another family is chosen. */
import type { Stage } from '../../stage/contract.ts'
import { createPanelSetView, type PanelSet } from '../common/panelSet.ts'
import type { View, ViewActions, ViewFrame } from '../lab.ts'
import type { KlFrame } from './frame.ts'
import { createLineView } from './lineView.ts'
import { typed } from './parameters.ts'
import { createPlaneView } from './planeView.ts'
import { createUniformView } from './uniformView.ts'

/** Key of the state that decides the panels: when it changes, they are built anew. */
function shapeOf(frame: ViewFrame): string {
  const { family } = frame.data as KlFrame
  return family === 'gaussian1d' ? `${family} ${typed(frame.values).third !== 'none'}` : family
}

function build(stage: Stage, actions: ViewActions, frame: ViewFrame): PanelSet {
  switch ((frame.data as KlFrame).family) {
    case 'gaussian1d':
      return createLineView(stage, actions, typed(frame.values).third !== 'none')
    case 'gaussian2d':
      return createPlaneView(stage, actions)
    case 'uniform':
      return createUniformView(stage, actions)
  }
}

export function createView(stage: Stage, actions: ViewActions): View {
  return createPanelSetView(stage, shapeOf, (frame) => build(stage, actions, frame))
}
