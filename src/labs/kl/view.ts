/** Draws the KL lab: one set of panels a family, built anew when another family is chosen. */
import type { Stage } from '../../stage/contract.ts'
import type { View, ViewActions, ViewFrame } from '../lab.ts'
import type { KlFrame } from './frame.ts'
import { createLineView } from './lineView.ts'
import { typed } from './parameters.ts'
import { createPlaneView } from './planeView.ts'
import { createUniformView } from './uniformView.ts'

export interface FamilyView {
  draw(frame: ViewFrame): void
  /** Switches that a story step may set: the toggles (panel, label) behind each name. */
  readonly switches: Readonly<Record<string, readonly (readonly [panel: string, label: string])[]>>
}

/** What the panels depend on: another one of these, and they are built anew. */
function shapeOf(frame: ViewFrame): string {
  const { family } = frame.data as KlFrame
  return family === 'gaussian1d' ? `${family} ${typed(frame.values).third !== 'none'}` : family
}

function build(stage: Stage, actions: ViewActions, frame: ViewFrame): FamilyView {
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
  let shape: string | undefined
  let shown: FamilyView | undefined
  let wanted: Readonly<Record<string, boolean>> = {}
  const arrange = () => {
    for (const [name, value] of Object.entries(wanted))
      for (const [panel, label] of shown?.switches[name] ?? []) stage.setToggle(panel, label, value)
  }
  return {
    draw(frame) {
      const next = shapeOf(frame)
      if (next !== shape) {
        if (shown) stage.clear()
        shown = build(stage, actions, frame)
        shape = next
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
