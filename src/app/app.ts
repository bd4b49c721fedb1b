/** Puts the page together and opens the lab that the address names. */
import { codeOf, errorOf } from '../faults.ts'
import type { ChangePart, Lab } from '../labs/lab.ts'
import { loadPart } from '../part.ts'
import type { ThemeName } from '../stage/contract.ts'
import { applyPalette, forcedColours, onForcedColours } from '../stage/forcedColours.ts'
import { Waiting } from '../waiting.ts'
import { parseAddress } from './address.ts'
import { createAddressBar } from './addressBar.ts'
import { createAnnouncer } from './announcer.ts'
import { createBackendSection } from './backendSection.ts'
import { createConsole } from './console.ts'
import { type Control, createControl, type Entry } from './control.ts'
import type { Dialog } from './dialog.ts'
import { element, watch } from './dom.ts'
import type { Engine } from './engine.ts'
import { listenForWords } from './explaining.ts'
import { createFiles } from './files.ts'
import { createFirstVisit } from './firstVisit.ts'
import { createHeader } from './header.ts'
import { listenToKeys } from './keyboard.ts'
import { lazily } from './lazily.ts'
import { narrowPage } from './narrow.ts'
import { createNotices, type Notices } from './notices.ts'
import { createOffline } from './offline.ts'
import { createPanel } from './panel.ts'
import { partNotice } from './parts.ts'
import { prepareSteps } from './preparing.ts'
import { createPresenter } from './presenter/open.ts'
import { createPresenting } from './presenting.ts'
import { createReadouts } from './readouts.ts'
import { createStageHost, type StageModule } from './stageHost.ts'
import { createState, type State } from './state.ts'
import { createStepSliders } from './stepSliders.ts'
import { createStory } from './story.ts'
import { createTransport } from './transport.ts'

export interface AppOptions {
  readonly labs: readonly Lab[]
  readonly createEngine: () => Engine
  readonly loadStage: () => Promise<StageModule>
}

/** Unexpected errors are shown, not hidden: a page that stops without a message is worse. */
export function showUnexpectedErrors(notices: Notices): void {
  const show = (thrown: unknown) => {
    const lines = [errorOf(thrown).message]
    notices.show({ kind: 'error', title: 'Something unexpected went wrong.', lines })
  }
  addEventListener('error', ({ error }) => {
    // without an error object nothing was thrown: browsers report in this way that a resized element is resized again
    // in the same frame, which is harmless
    if (error != null) show(error)
  })
  addEventListener('unhandledrejection', (event) => {
    // a script may replace a run without waiting for its promise
    if (codeOf(event.reason) !== 'obsolete') show(event.reason)
  })
}

export function followTheme(state: State): void {
  const apply = (theme: ThemeName) => {
    document.documentElement.dataset.theme = theme
    applyPalette(document.documentElement, theme)
    const colour = getComputedStyle(document.documentElement).getPropertyValue('--background')
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', colour)
    // few need it; without it the browser's own colours remain
    if (forcedColours()) import('./styles/forced.css').catch(() => undefined)
  }
  watch(() => apply(state.theme.value))
  onForcedColours(() => apply(state.theme.peek()))
}

export function startEngine(options: AppOptions, notices: Notices): Engine | undefined {
  if (typeof Worker === 'undefined') {
    notices.show({
      kind: 'error',
      title: 'This browser has no web workers. natlab computes in them.',
      lines: ['Nothing can be computed here. Open the page in a current Chrome, Edge, Firefox or Safari.'],
    })
    return undefined
  }
  try {
    return options.createEngine()
  } catch (fault) {
    notices.show({
      kind: 'error',
      title: 'The worker for the computation could not be started.',
      lines: [(fault as Error).message],
    })
    return undefined
  }
}

function entryOf(part: ChangePart | undefined): Entry {
  if (part === 'dragging') return 'none'
  return part === 'continued' ? 'extend' : 'push'
}

/**
 * The latest attempt at opening the first lab. A reset after a failed attempt is a new attempt; scripts that wait
 * then go on.
 */
export function firstOpening(state: State): () => Promise<void> {
  let attempt: Promise<void>
  let settle: { readonly resolve: () => void; readonly reject: (fault: Error) => void }
  let outcome: 'opening' | 'failed' | 'open'
  const begin = () => {
    attempt = new Promise((resolve, reject) => {
      settle = { resolve, reject }
    })
    // the page shows the error if no script does
    attempt.catch(() => undefined)
    outcome = 'opening'
  }
  begin()
  watch(() => {
    if (outcome === 'open') return
    const failure = state.failure.value
    if (failure !== null) {
      outcome = 'failed'
      settle.reject(failure)
    } else if (state.backend.value !== null && !state.busy.value) {
      outcome = 'open'
      settle.resolve()
    } else if (outcome === 'failed') begin()
  })
  return () => attempt
}

/** Opens a dialog. Its code is fetched at the first use: most visitors never need it. */
function loadedDialog(name: string, create: () => Promise<Dialog>, notices: Notices): () => void {
  let loading: Promise<Dialog> | undefined
  const waiting = new Waiting()
  waiting.listener = (what) => {
    const title = `natlab still waits for ${what}. It opens by itself.`
    if (what) notices.show({ kind: 'information', topic: `waiting for ${name}`, title })
  }
  const open = () => {
    loading ??= waiting.during(`the ${name}`, loadPart(`The code for the ${name}`, create)).then((dialog) => {
      document.body.append(dialog.element)
      return dialog
    })
    loading.then(
      (dialog) => dialog.open(),
      (thrown) => {
        loading = undefined
        const fault = errorOf(thrown)
        if (codeOf(fault) === 'part') void partNotice(fault, open).then(notices.show)
        else notices.show({ kind: 'error', title: `The ${name} cannot be shown.`, lines: [fault.message] })
      },
    )
  }
  return open
}

function createPage(
  options: AppOptions,
  state: State,
  control: Control,
  engine: Engine,
  notices: Notices,
  stage: ReturnType<typeof createStageHost>,
  /** The link that the page was opened with. */
  address: string,
): HTMLElement[] {
  const { labs } = options
  const compare = loadedDialog(
    'comparison',
    async () => (await import('./compare/dialog.ts')).createCompareDialog(state, engine),
    notices,
  )
  const race = loadedDialog(
    'race',
    async () => (await import('./backendRace/scene.ts')).createRaceDialog(engine),
    notices,
  )
  const hints = createFirstVisit(state, notices, address)
  let dropped: File | undefined
  const lesson = loadedDialog(
    'lesson',
    async () =>
      (await import('./lesson/index.ts')).createLessonDialog(state, control, stage.panels, () => {
        const file = dropped
        dropped = undefined
        return file
      }),
    notices,
  )
  const share = loadedDialog(
    'links and exports',
    async () =>
      (await import('./share.ts')).createShareDialog({
        ...options,
        state,
        control,
        notices,
        stage: stage.stage,
        drawNow: stage.drawNow,
      }),
    notices,
  )
  const code = loadedDialog(
    'QR code',
    async () => (await import('./links/code.ts')).createViewCode(state),
    notices,
  )
  const story = createStory(state, control, stage.nameCurves)
  const presenting = createPresenting(state, control, notices, story)
  const presenter = createPresenter(state, control, notices, () => presenting.key('b'))
  const offline = createOffline(state, notices)
  const help = loadedDialog(
    'help',
    async () => (await import('./help.ts')).createHelpDialog(state, { presenter, hints }, await offline()),
    notices,
  )
  listenToKeys(state, control, { help, presenter, code, race, present: presenting.key })
  listenForWords(notices, stage.stage)

  const files = createFiles(state, control, notices, {
    lesson(file) {
      dropped = file
      lesson()
    },
    view: (file) =>
      void lazily(
        'The code for saved views',
        () => import('./export/openView.ts'),
        ({ tellOpened }) => void tellOpened(file, state, control, notices),
        notices,
      ),
  })
  const panel = element(
    'aside',
    { class: 'panel', id: 'panel', 'aria-label': 'Parameters and numbers' },
    createPanel(state, control, notices),
    files.section,
    createReadouts(state),
    createBackendSection(state, control, compare, race),
  )
  const transport = createTransport(state, control)
  tellHeight(transport, '--transport-height')
  const stepSliders = createStepSliders(state, control, notices)
  tellHeight(stepSliders, '--sliders-height')
  const header = createHeader(labs, state, control, {
    compare,
    race,
    share,
    lesson,
    presenter,
    help,
    togglePanel: () => {
      // on a phone the panel lies below the pictures: there it is pinned, so that both are seen
      if (narrowPage().matches) panel.classList.toggle('pinned')
      else panel.hidden = !panel.hidden
    },
  })
  return [
    element('a', { class: 'skip-link', href: '#main', onclick: skipToMain }, 'Skip to the experiment'),
    header,
    notices.element,
    element(
      'main',
      { class: 'main', id: 'main', tabindex: '-1' },
      stage.element,
      element('div', { class: 'told' }, stepSliders, story),
    ),
    panel,
    transport,
    files.hint,
    createAnnouncer(state),
  ]
}

/** Keeps a length of the style sheets at the height of what stays at the bottom of the window. */
function tellHeight(node: HTMLElement, name: string): void {
  const tell = () => document.documentElement.style.setProperty(name, `${node.offsetHeight}px`)
  new ResizeObserver(tell).observe(node)
}

/** Moves the focus to the main part, as the link would. The hash cannot do it: it holds the address of the view. */
function skipToMain(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

export function createApp(root: HTMLElement, options: AppOptions): void {
  const { labs } = options
  const notices = createNotices()
  showUnexpectedErrors(notices)
  const link = location.search + location.hash
  const address = parseAddress(link, labs)
  const state = createState(address.lab, labs)
  state.theme.value = address.theme
  followTheme(state)

  const engine = startEngine(options, notices)
  if (!engine) {
    root.replaceChildren(
      element('header', { class: 'header' }, element('h1', { class: 'question' }, 'natlab')),
      element('main', {}, notices.element),
    )
    return
  }
  const bar = createAddressBar((text) => {
    const address = parseAddress(text, labs, state.file.peek())
    // that is another page (embed/)
    if (address.embed) location.reload()
    else control.apply(address).catch(control.report)
  })
  const control = createControl(state, engine, notices, bar)
  const stage = createStageHost(
    state,
    notices,
    {
      set: (patch, part) => void control.set(patch, entryOf(part)).catch(control.report),
      values: () => state.values.peek(),
      restart: () => void control.reset().catch(control.report),
      request: (name) => engine.request(name),
    },
    control.setLook,
    options.loadStage,
  )
  root.replaceChildren(...createPage(options, state, control, engine, notices, stage, link))
  void stage.start()

  window.natlab = createConsole(labs, state, control, engine, firstOpening(state))
  control.apply(address).catch(control.report)
  prepareSteps(state, engine)

  // while natlab is developed: edited shaders compile in a new worker, and the page stays as it is
  import.meta.hot?.on('natlab:shaders', () => void control.recover(false).catch(control.report))
}
