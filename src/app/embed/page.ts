/**
 * A view in a frame of another page: the named panels, the named parameters, a play button and a link to the whole page.
 * Nothing is computed or drawn before it is in sight, and it takes no key and no wheel that is meant for its host.
 */
import './embed.css'
import { computed } from '@preact/signals-core'
import type { Parameter } from '../../labs/parameter.ts'
import { type ParsedAddress, parseAddress } from '../address.ts'
import type { AddressBar } from '../addressBar.ts'
import { type AppOptions, firstOpening, followTheme, showUnexpectedErrors, startEngine } from '../app.ts'
import { createConsole } from '../console.ts'
import { type Control, createControl } from '../control.ts'
import { element, watch } from '../dom.ts'
import { listenForWords } from '../explaining.ts'
import { linkTo } from '../link.ts'
import { createNotices, type Notices } from '../notices.ts'
import { createParameters } from '../panel.ts'
import { prepareSteps } from '../preparing.ts'
import { createStageHost, type StageHost } from '../stageHost.ts'
import { createState, isStill, openQuestion, type State, toldPlace } from '../state.ts'
import { createStory } from '../story.ts'
import { createPlayButton } from '../transport.ts'
import { watchHeight } from './height.ts'
import { createHost, type Host } from './host.ts'
import { type Begun, listenToHost } from './messages.ts'
import { watchSight } from './sight.ts'
import { createThemeChoice } from './theme.ts'

/** What the frame shows stays out of the browser's history: going back belongs to the host. */
const noHistory: AddressBar = { push() {}, extend() {}, replace() {} }

/** Which backend computes is told by the whole page, and by `natlab.backend()`: here it would cover the pictures. */
const withoutBackends = (notices: Notices): Notices => ({
  ...notices,
  show: (notice) => {
    if (notice.topic !== 'backend') notices.show(notice)
  },
})

/** The panels are known once they are drawn: names of others are told then. */
function tellUnknownPanels(state: State, stage: StageHost, notices: Notices): void {
  let told: string | undefined
  watch(() => {
    const named = state.embed.value?.panels
    if (!named || !state.frames.shown.value) return
    const there = stage.panels().map(([id]) => id)
    const unknown = named.filter((id) => !there.includes(id))
    if (there.length === 0 || unknown.join() === told) return
    told = unknown.join()
    const lines = unknown.map(
      (id) => `panels = “${id}” is not permitted: the panels of this view are ${there.join(', ')}.`,
    )
    if (lines.length > 0)
      notices.show({ kind: 'information', topic: 'panels', title: 'A panel is not in this view.', lines })
  })
}

/** A question without its answers would hold the run and hide numbers for ever. */
function answerQuestions(state: State, control: Control): void {
  watch(() => {
    // a link that keeps the answers to the lecturer keeps them here, too
    if (openQuestion(state)) control.answer(state.playing.peek())
  })
}

function createControls(state: State, control: Control, notices: Notices): HTMLElement {
  const named = computed((): readonly Parameter[] => {
    const { parameters } = state.lab.value
    const step = state.story.value === null ? undefined : toldPlace(state)?.step
    const ids = state.embed.value?.controls ?? step?.sliders ?? []
    return ids.flatMap((id) => parameters.filter((one) => one.id === id))
  })
  const section = element('section', { class: 'embed-controls', 'aria-label': 'Parameters' })
  createParameters(state, control, notices, section, () => named.value)
  return section
}

function createLink(state: State, control: Control, notices: Notices): HTMLElement {
  const link = element('a', {
    class: 'embed-link',
    target: '_blank',
    rel: 'noopener',
    title: 'Open this view in a page of its own',
    onclick(event: Event) {
      // a sandbox without allow-popups opens nothing, and says nothing
      if (origin !== 'null') return
      event.preventDefault()
      const opened = window.open(link.href, '_blank')
      if (opened) opened.opener = null
      else
        notices.show({
          kind: 'information',
          topic: 'link',
          title: 'The page around this frame lets it open no window. Copy this link:',
          lines: [link.href],
        })
    },
  })
  link.append(element('span', { class: 'embed-link-verb' }, 'Open in '), 'natlab\u2009↗')
  const follow = () => {
    link.href = linkTo(control.address())
  }
  watch(() => {
    for (const one of [state.lab, state.values, state.story, state.look, state.theme, state.backendChoice])
      void one.value
    follow()
  })
  return link
}

/** No key reaches the frame before it is clicked. Space then plays, and Escape gives the keyboard back. */
function listenToKeys(state: State, control: Control, host: Host): void {
  addEventListener('keydown', (event) => {
    const { key, target, repeat } = event
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (key === 'Escape') host.focus()
    const own = target instanceof Element && target.closest('button, a, input, select, [tabindex]')
    if (key !== ' ' || own || repeat || isStill(state)) return
    event.preventDefault()
    control.togglePlaying()
  })
}

/** A wheel over the frame scrolls the host. With Ctrl, and from two fingers on a touchpad, it zooms a scene. */
function leaveWheel(): void {
  const leave = (event: WheelEvent) => {
    if (!event.ctrlKey) event.stopImmediatePropagation()
  }
  addEventListener('wheel', leave, { capture: true, passive: true })
}

function begin(
  root: HTMLElement,
  options: AppOptions,
  state: State,
  notices: Notices,
  address: ParsedAddress,
  host: Host,
): { readonly natlab: Begun['natlab']; readonly setInSight: (inSight: boolean) => void } | undefined {
  const { labs } = options
  const main = element('main', { class: 'embed-main', id: 'main' })
  root.replaceChildren(main, notices.element)
  const engine = startEngine(options, notices)
  if (!engine) return undefined
  const control = createControl(state, engine, notices, noHistory)
  const stage = createStageHost(
    state,
    notices,
    {
      set: (patch) => void control.set(patch, 'none').catch(control.report),
      values: () => state.values.peek(),
      restart: () => void control.reset().catch(control.report),
      request: (name) => engine.request(name),
    },
    control.setLook,
    options.loadStage,
  )
  const play = createPlayButton(state, control)
  watch(() => {
    play.hidden = isStill(state)
  })
  const bar = element(
    'div',
    { class: 'embed-bar' },
    play,
    createControls(state, control, notices),
    createLink(state, control, notices),
  )
  const story = state.embed.peek()?.caption && createStory(state, control, stage.nameCurves)
  main.append(stage.element)
  if (story) main.append(story)
  main.after(bar)
  void stage.start()
  listenToKeys(state, control, host)
  leaveWheel()
  listenForWords(notices, stage.stage)
  tellUnknownPanels(state, stage, notices)
  watchHeight(stage.element, story ? [story, bar] : [bar], (height) =>
    host.tell({ natlab: 'height', height }),
  )

  const natlab = createConsole(labs, state, control, engine, firstOpening(state))
  window.natlab = natlab
  control.apply(address).catch(control.report)
  answerQuestions(state, control)
  prepareSteps(state, engine, false)
  return { natlab, setInSight: (inSight) => engine.setInSight?.(inSight) }
}

export function createEmbed(root: HTMLElement, options: AppOptions): void {
  const { labs } = options
  const notices = withoutBackends(createNotices())
  showUnexpectedErrors(notices)
  document.documentElement.classList.add('embedded')
  const address = parseAddress(location.search + location.hash, labs)
  const { embed } = address
  const state = createState(address.lab, labs)
  state.embed.value = embed ?? null
  const theme = createThemeChoice((chosen) => {
    state.theme.value = chosen
  })
  theme.choose(embed?.followsHost ? 'auto' : address.theme)
  followTheme(state)
  // another address makes another view
  addEventListener('hashchange', () => location.reload())

  const host = createHost()
  let view: ReturnType<typeof begin>
  const begun = new Promise<Begun>((resolve) => {
    watchSight((inSight) => {
      if (view) return view.setInSight(inSight)
      if (!inSight) return
      view = begin(root, options, state, notices, { ...address, theme: theme.theme, present: true }, host)
      if (view) resolve({ state, natlab: view.natlab })
    })
  })
  listenToHost(host, begun, theme.choose)
}
