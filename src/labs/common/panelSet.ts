/** Views that show one of several sets of panels, and the switches that stand on panels. */
import type { Stage, Toggle } from '../../stage/contract.ts'
import type { View, ViewFrame } from '../lab.ts'
import type { ParameterValues } from '../parameter.ts'

/** Panels and labels of the toggles behind each name that a story may set. */
export type SwitchPlaces = Readonly<Record<string, readonly (readonly [panel: string, label: string])[]>>

/** Panels that are built and drawn together. */
export interface PanelSet {
  draw(frame: ViewFrame): void
  /** As `View.follow`. */
  follow?(values: ParameterValues): void
  /** Sets the switches of a story step that no toggle shows. They end with the step. */
  tell?(switches: Readonly<Record<string, boolean>>): void
  readonly switches: SwitchPlaces
}

/** A view of one set at a time. It is rebuilt when `shapeOf` answers differently, and keeps its switches. */
export function createPanelSetView(
  stage: Stage,
  shapeOf: (frame: ViewFrame) => string,
  build: (frame: ViewFrame) => PanelSet,
): View {
  let shape: string | undefined
  let shown: PanelSet | undefined
  let wanted: Readonly<Record<string, boolean>> = {}
  const arrange = () => {
    for (const [name, value] of Object.entries(wanted))
      for (const [panel, label] of shown?.switches[name] ?? []) stage.setToggle(panel, label, value)
    shown?.tell?.(wanted)
  }
  return {
    draw(frame) {
      const next = shapeOf(frame)
      if (next !== shape) {
        if (shown) stage.clear()
        shown = build(frame)
        shape = next
        arrange()
      }
      shown?.draw(frame)
    },
    follow: (values) => shown?.follow?.(values),
    arrange(switches) {
      wanted = switches
      arrange()
    },
    dispose() {
      shown = undefined
    },
  }
}

/** Switches that each stand on one panel: their settings, and their toggles by name. */
export function createSwitches<Name extends string>(
  values: Record<Name, boolean>,
  places: Readonly<Record<Name, readonly [panel: string, label: string]>>,
  redraw: () => void,
): { readonly toggle: (name: Name) => Toggle; readonly places: SwitchPlaces } {
  return {
    toggle: (name) => ({
      label: places[name][1],
      value: values[name],
      onChange: (value) => {
        values[name] = value
        redraw()
      },
    }),
    places: Object.fromEntries(Object.keys(places).map((name) => [name, [places[name as Name]]])),
  }
}
