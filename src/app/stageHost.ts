/** The middle of the page: loads the stage, shows the open lab's view on it, and shows a message when it cannot. */
import { computed, signal } from '@preact/signals-core'
import { codeOf } from '../faults.ts'
import type { Lab, View, ViewActions } from '../labs/lab.ts'
import { loadPart } from '../part.ts'
import type { Mark, Stage, ThemeName } from '../stage/contract.ts'
import { Waiting } from '../waiting.ts'
import { say } from './announcer.ts'
import { element, setText, watch } from './dom.ts'
import type { Notices } from './notices.ts'
import { createPace } from './pace.ts'
import { partNotice } from './parts.ts'
import { keptStep, type State, toldPlace, uncoveredSwitches, veil } from './state.ts'

export interface StageModule {
  createStage(container: HTMLElement, theme: ThemeName): Stage
}

export interface StageHost {
  readonly element: HTMLElement
  /** The stage; null until it is loaded, and if it cannot be loaded. */
  readonly stage: () => Stage | null
  /** Draws the frame that the page shows at once: what is saved agrees with the numbers. */
  readonly drawNow: () => void
  /** Ids and titles of the panels that are there now. */
  readonly panels: () => readonly (readonly [id: string, title: string])[]
  /** Tells which curves the caption names. */
  nameCurves(curves: readonly string[]): void
  /** Creates the stage. The element must be in the page before. */
  start(): Promise<void>
}

function withoutPictures(message: string): HTMLElement {
  return element(
    'div',
    { class: 'room-message', role: 'alert' },
    element('strong', {}, 'The pictures cannot be drawn in this browser.'),
    element('p', {}, message),
    element(
      'p',
      {},
      'The lab still computes. Its numbers stand in the panel and change with the parameters.',
    ),
  )
}

export function createStageHost(
  state: State,
  notices: Notices,
  actions: ViewActions,
  /** Takes the user's switches and cameras. */
  look: (look: string) => void,
  loadStage: () => Promise<StageModule>,
): StageHost {
  const room = element('div', { class: 'room', id: 'stage' })
  const loading = element('p', { class: 'room-message muted' }, 'Loading the pictures…')
  const late = element('p', { class: 'room-late muted' })
  room.append(loading, late)
  const stage = signal<Stage | null>(null)
  const named = signal<readonly string[]>([])
  const view = signal<View | null>(null)
  let wanted: Lab | undefined
  let drawFailed = false

  /**
   * Scrolls to the lit panels if not all panels fit, or to the first lit one if not all of these fit. On a phone the
   * caption above them is more important.
   */
  function showLitPanels(): void {
    // nothing else is there, and a finger may have moved an enlarged picture
    if (state.present.peek()) return
    const scroller = room.querySelector('.room-panels')
    const lit = [...room.querySelectorAll('[data-light=on]')].map((panel) => panel.getBoundingClientRect())
    if (!scroller || lit.length === 0 || !matchMedia('(min-width: 900px)').matches) return
    const shown = scroller.getBoundingClientRect()
    const above = Math.min(...lit.map((box) => box.top)) - shown.top
    const below = Math.max(...lit.map((box) => box.bottom)) - shown.bottom
    // the shorter of the two ways that show all lit panels, or their beginning
    if (above < 0 || above < below) scroller.scrollTop += above
    else if (below > 0) scroller.scrollTop += below
  }
  // a longer caption leaves less room
  const resized = new ResizeObserver(showLitPanels)
  resized.observe(room)

  const waiting = new Waiting()
  waiting.listener = (what) => {
    const text = what ? `natlab still waits for ${what}. Its numbers come without them.` : ''
    setText(late, text)
    if (text) say(text)
  }

  /** Shows the view of a lab, unless another lab is opened before the view's code has arrived. */
  async function show(lab: Lab, on: Stage): Promise<void> {
    wanted = lab
    view.peek()?.dispose()
    view.value = null
    on.clear()
    try {
      const load = loadPart('The code for the pictures of this lab', lab.loadView)
      const { createView } = await waiting.during('the pictures of this lab', load)
      if (wanted === lab) view.value = createView(on, actions)
    } catch (fault) {
      if (wanted === lab) tell(fault as Error, () => void show(lab, on))
    }
  }

  /** Tells why pictures are missing; `again` loads them once more. */
  function tell(fault: Error, again: () => void): void {
    if (codeOf(fault) === 'part') void partNotice(fault, again).then(notices.show)
    else
      notices.show({
        kind: 'error',
        title: 'The pictures of this lab cannot be drawn. Its numbers are still right.',
        lines: [fault.message],
      })
  }

  watch(() => {
    const on = stage.value
    const lab = state.lab.value
    if (on && lab !== wanted) void show(lab, on)
  })
  /** The present story step, as a signal of its own: changed values alone do not set the switches again. */
  const told = computed(() => keptStep(state))
  const uncovered = computed(() => uncoveredSwitches(state))
  function draw(work: () => void): void {
    try {
      work()
    } catch (fault) {
      // one message only, not sixty a second
      if (!drawFailed)
        notices.show({
          kind: 'error',
          title: 'A picture could not be drawn.',
          lines: [(fault as Error).message],
        })
      drawFailed = true
    }
  }
  function drawNow(): void {
    const drawn = view.peek()
    const frame = state.frames.shown.peek()
    if (!drawn || !frame || frame.lab !== wanted?.id) return
    draw(() => {
      drawn.draw({ ...frame, dragging: state.dragging.peek() })
      drawFailed = false
    })
  }
  const drawSoon = createPace(drawNow, () => state.dragging.peek())
  watch(() => {
    const values = state.values.value
    // the values of another lab are not for this view
    if (state.lab.value === wanted) draw(() => view.value?.follow?.(values))
  })
  watch(() => {
    // some pictures wait for the end of a drag
    void state.dragging.value
    if (view.value && state.frames.shown.value) drawSoon()
  })
  watch(() => stage.value?.setTheme(state.theme.value))
  watch(() => stage.value?.nameCurves(named.value))
  watch(() => stage.value?.present(state.present.value, state.embed.value !== null))
  watch(() => stage.value?.halt(state.failure.value !== null))
  watch(() => {
    const { panels, sentence } = veil(state)
    const drawn = state.drawn.value
    stage.value?.veil(panels, sentence, drawn ? { panel: drawn.panel, node: drawn.sheet } : undefined)
  })
  watch(() => {
    // on the real chart the sketch stays
    const drawn = state.drawn.value
    if (!drawn || !Array.from(drawn.y).some(Number.isFinite)) return stage.value?.annotate(undefined)
    const { panel, x, y } = drawn
    const sketch: Mark = {
      kind: 'line',
      name: 'your sketch',
      role: 'neutral',
      x,
      y,
      dashed: true,
      width: 2.5,
    }
    stage.value?.annotate({ panel, marks: [sketch] })
  })
  watch(() => {
    // the lit panels exist only after the view has added them
    const shown = view.value
    const embed = state.embed.value
    // whoever presents is in the story
    const begun = state.story.value !== null || (state.present.value && !embed)
    const step = begun ? toldPlace(state)?.step : undefined
    stage.value?.light(embed?.panels ?? step?.panels ?? [])
    stage.value?.setLook(state.look.value)
    // the caption is visible before the story begins, and describes the panels with its switches
    shown?.arrange?.({ ...told.value?.switches, ...uncovered.value })
    showLitPanels()
  })

  const host: StageHost = {
    element: room,
    stage: () => stage.peek(),
    drawNow,
    panels: () =>
      [...room.querySelectorAll<HTMLElement>('[data-panel]')].map((panel) => {
        const { panel: id = '' } = panel.dataset
        return [id, panel.querySelector('.stage-title')?.textContent || id]
      }),
    nameCurves(curves) {
      named.value = curves
    },
    async start() {
      try {
        const load = loadPart('The code for the pictures', loadStage)
        const module = await waiting.during('the code for the pictures', load)
        const canvasRoom = element('div', { class: 'room-panels' })
        room.replaceChildren(canvasRoom, late)
        const created = module.createStage(canvasRoom, state.theme.peek())
        created.onLook(look)
        stage.value = created
        // a view may build its panels anew
        const panels = canvasRoom.firstElementChild!
        new MutationObserver(showLitPanels).observe(panels, { childList: true })
        // a larger font makes the panels higher
        resized.observe(panels)
      } catch (fault) {
        if (codeOf(fault) === 'part') {
          setText(
            loading,
            'The pictures are missing: their code did not arrive. The numbers come without them.',
          )
          tell(fault as Error, () => void host.start())
        } else room.replaceChildren(withoutPictures((fault as Error).message))
      }
    },
  }
  return host
}
