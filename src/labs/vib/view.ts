/** Draws the VIB lab: latent spaces, errors against β, the information plane, the diagram, gradients and losses. */

import { count } from '../../count.ts'
import type { PanelOptions, Stage, Toggle } from '../../stage/contract.ts'
import type { View, ViewActions, ViewFrame } from '../lab.ts'
import { diagramContent } from './diagramView.ts'
import {
  collapsedNote,
  gradientContent,
  informationContent,
  lossContent,
  sweepContent,
  waitingContent,
} from './figuresView.ts'
import type { VibFrame } from './frame.ts'
import { deepContent, flatContent, type Pictures, waitingScene } from './latentView.ts'
import { type Mode, typed } from './parameters.ts'
import { pictureOrder, union } from './theory.ts'
import { modelText } from './viewParts.ts'

type Frame = ViewFrame<VibFrame>

/** The switches as the lab begins with them. */
const firstSwitches = {
  regions: true,
  samples: true,
  ellipses: false,
  sharedAxes: false,
  anonymous: false,
  shuffled: false,
  near: false,
  single: false,
  trick: true,
  gradient: false,
  hidden: false,
  logLosses: true,
}
type Switch = keyof typeof firstSwitches

/** Panels of each mode in order; the mode's main subject comes first. */
const orders = {
  one: ['spaces', 'losses', 'sweep', 'diagram', 'information', 'gradients'],
  three: ['spaces', 'sweep', 'information', 'gradients', 'diagram', 'losses'],
  sweep: ['sweep', 'information', 'spaces', 'diagram', 'losses', 'gradients'],
} as const

/** Titles of three latent spaces: in an order to guess, and in the order of β. */
const letters = ['Latent space A', 'Latent space B', 'Latent space C']
const numbers = ['Latent space 1', 'Latent space 2', 'Latent space 3']

/** Three latent dimensions are drawn as a scene; others as a plane, of the two dimensions or of two components. */
function isDeep({ data, values }: Frame): boolean {
  return (data.spaces[0]?.latentDimensions ?? typed(values).latentDimensions) === 3
}

/** Told of the one model, with a button beside it, while its code is lost. */
const collapseOf = ({ data: { models } }: Frame) => models && collapsedNote(models, 0)

/** Key of the state that decides the panels: when it changes, they are built anew. */
const shapeOf = (frame: Frame, shuffled: boolean) =>
  `${typed(frame.values).mode} ${isDeep(frame)} ${collapseOf(frame) !== undefined} ${shuffled}`

const percent = (share: number) => `${Math.floor(100 * share)} %`

export function createView(stage: Stage, actions: ViewActions): View {
  let frame: Frame | undefined
  let shape: string | undefined
  let panels: ReturnType<typeof build> | undefined
  let pictures: Pictures | undefined
  let asked = 0
  const switches = { ...firstSwitches }
  /** Panels and labels of each switch that has a toggle. */
  const toggles = new Map<Switch, [panel: string, label: string][]>()

  function toggle(panel: string, name: Switch, label: string): Toggle {
    toggles.set(name, [...(toggles.get(name) ?? []), [panel, label]])
    return {
      label,
      value: switches[name],
      onChange: (value) => {
        switches[name] = value
        // a switch with a toggle on several panels has one value
        for (const [other, text] of toggles.get(name) ?? [])
          if (other !== panel) stage.setToggle(other, text, value)
        if (frame) draw(frame)
      },
    }
  }

  /** Index of the model at this place. */
  function modelAt(place: number): number {
    return frame && switches.shuffled ? pictureOrder(typed(frame.values).seed)[place] : place
  }

  function build(mode: Mode, deep: boolean, collapsed: boolean) {
    toggles.clear()
    const three = mode === 'three'
    const space = (place?: number) => {
      const id = place === undefined ? 'latent' : `latent${place + 1}`
      const options: PanelOptions = {
        id,
        title: place === undefined ? 'Latent space' : (switches.shuffled ? letters : numbers)[place],
        shape: three ? 'column' : 'tall',
        // the picked image goes through the diagram, with its own model unless the model is to be guessed
        onPick: (image) =>
          actions.set(
            place === undefined || switches.anonymous ? { image } : { image, model: modelAt(place) },
          ),
        toggles: [
          ...(deep ? [] : [toggle(id, 'regions', 'regions')]),
          toggle(id, 'samples', 'samples'),
          ...(deep ? [] : [toggle(id, 'ellipses', 'ellipses')]),
          ...(three ? [toggle(id, 'sharedAxes', 'shared axes')] : []),
        ],
        actions: collapsed
          ? [
              {
                label: 'Restart at this β',
                title: 'Train a new model from step 0, with the values of the panel',
                onClick: actions.restart,
              },
            ]
          : [],
      }
      return deep
        ? { deep: stage.scene(options), flat: undefined }
        : { deep: undefined, flat: stage.chart(options) }
    }
    const open = (model: number) => {
      actions.set({ model })
      stage.reveal('latent')
    }
    const onPick = mode === 'sweep' ? open : undefined
    const make = {
      spaces: () => (three ? [0, 1, 2].map(space) : [space()]),
      sweep: () =>
        stage.chart({
          id: 'sweep',
          title: 'Error against β',
          shape: mode === 'sweep' ? 'tall' : undefined,
          toggles: [
            toggle('sweep', 'near', 'near the best'),
            ...(mode === 'sweep' ? [toggle('sweep', 'single', 'one sample')] : []),
          ],
          onPick,
        }),
      information: () =>
        stage.chart({
          id: 'information',
          title: 'Information plane',
          shape: mode === 'sweep' ? 'tall' : undefined,
          onPick,
        }),
      diagram: () =>
        stage.diagram({
          id: 'diagram',
          title: 'Reparameterisation',
          shape: 'wide',
          toggles: [toggle('diagram', 'trick', 'with the trick'), toggle('diagram', 'gradient', 'gradient')],
        }),
      losses: () =>
        stage.chart({ id: 'losses', title: 'Losses', toggles: [toggle('losses', 'logLosses', 'log')] }),
      gradients: () => stage.table({ id: 'gradients', title: 'Who learns from what' }),
    }
    type Panels = { [Name in keyof typeof make]: ReturnType<(typeof make)[Name]> }
    return Object.fromEntries(orders[mode].map((name) => [name, make[name]()])) as Panels
  }

  /** Requests the images' pixels once a run has its images, and again for another size. */
  function askForPictures({ values, data }: Frame): void {
    const side = typed(values).pixels
    if (data.labels.length === 0 || asked === side) return
    asked = side
    actions.request('validationImages').then(
      (pixels) => {
        if (asked !== side || pixels.length !== data.labels.length * side ** 2) return
        pictures = { pixels, side }
        if (frame) draw(frame)
      },
      () => {
        // without pixels a reading has no picture; the next frame tries again
        asked = 0
      },
    )
  }

  function draw(next: Frame): void {
    frame = next
    const { data, values } = next
    const { mode } = typed(values)
    const nextShape = shapeOf(next, switches.shuffled)
    // where a processor draws in the GPU's place, all panels at once would show a drag a quarter of a second late
    const spacesAlone = next.dragging && shape === nextShape
    if (shape !== nextShape) {
      if (panels) stage.clear()
      shape = nextShape
      panels = build(mode, isDeep(next), collapseOf(next) !== undefined)
    }
    if (!panels) return
    if (data.loading) {
      const { information, losses, spaces, sweep } = panels
      const { share, trainingImages } = data.loading
      const training = count(trainingImages)
      const said = `Loading ${training} images to train on, and those for validation: ${percent(share)}`
      for (const chart of [...spaces.map(({ flat }) => flat), sweep, information, losses])
        chart?.update(waitingContent(said))
      for (const { deep } of spaces) deep?.update(waitingScene(said))
      return
    }
    askForPictures(next)
    const textOf = (model: number) => (data.models ? modelText(data.models, model) : '')
    const anonymous = switches.anonymous && mode === 'three'
    const shared = switches.sharedAxes ? union(data.spaces.map((space) => space.domain)) : undefined
    for (const [index, { flat, deep }] of panels.spaces.entries()) {
      const space = data.spaces[mode === 'three' ? modelAt(index) : 0]
      if (!space) {
        const said = `Encoding the validation images: ${percent(data.encoded)}`
        flat?.update(waitingContent(said))
        deep?.update(waitingScene(said))
        continue
      }
      const whose = anonymous ? undefined : textOf(space.model)
      const told = collapseOf(next)
      const note = told === undefined ? {} : { note: told }
      flat?.update({ ...flatContent(space, data.labels, shared, switches, pictures, whose), ...note })
      deep?.update({
        ...deepContent(space, data.labels, shared ?? space.domain, switches, pictures, whose),
        ...note,
      })
    }
    if (spacesAlone) return
    // the user has to guess which of the three is best
    const kept =
      mode === 'three' && switches.hidden ? waitingContent('Told once the question is answered.') : undefined
    panels.sweep.update(kept ?? sweepContent(data.models, data.shownModel, switches))
    panels.information.update(kept ?? informationContent(data.models, data.shownModel))
    if (data.diagram) {
      const { latentDimensions } = typed(values)
      const { trick, gradient, hidden } = switches
      // whether the rate reaches the decoder is asked
      const shown = { trick, taskGradient: gradient, rateGradient: gradient && !hidden }
      panels.diagram.update(diagramContent(data.diagram, latentDimensions, shown, textOf(data.diagram.model)))
    }
    panels.gradients.update(gradientContent(data.gradients, data.models, switches.hidden))
    panels.losses.update(lossContent(data.curves, data.models, switches.logLosses))
  }

  return {
    draw: (next) => draw(next as Frame),
    arrange(wanted) {
      // switches without a toggle end with the story step that set them
      const untilNow = { anonymous: false, shuffled: false, hidden: false }
      for (const [name, value] of Object.entries({ ...untilNow, ...wanted }) as [Switch, boolean][]) {
        if (!Object.hasOwn(switches, name)) continue
        switches[name] = value
        for (const [panel, label] of toggles.get(name) ?? []) stage.setToggle(panel, label, value)
      }
      if (frame) draw(frame)
    },
    dispose() {
      frame = undefined
    },
  }
}
