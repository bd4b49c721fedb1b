/** The projected page's side of the pair: it tells the presenter window what it shows, and does what that asks for. */
import type { Control } from '../control.ts'
import { watch } from '../dom.ts'
import { keepText } from '../kept.ts'
import type { Notices } from '../notices.ts'
import { counted, nextRound } from '../question/rounds.ts'
import {
  askedFor,
  beside,
  isHeld,
  playLabel,
  type State,
  type StoryPlace,
  toldPlace,
  toldPlaces,
} from '../state.ts'
import {
  type Command,
  channelName,
  type PageMessage,
  type Place,
  pageWindowName,
  type Shown,
  samePlace,
  windowNameKey,
} from './protocol.ts'

/** Frames come up to sixty times a second; so many milliseconds lie between two messages at least. */
const pause = 100

function named({ lab: own, step, index }: StoryPlace, { lab }: State): Place {
  const { id, story } = own ?? lab.value
  return { lab: id, index: story.indexOf(step), title: step.title, number: index + 1 }
}

function placeOf(state: State): Place {
  const place = toldPlace(state)
  return place ? named(place, state) : { lab: state.lab.value.id, index: -1, title: '', number: 0 }
}

function shownBy(state: State, control: Control): Shown {
  const newest = state.frames.kept.value.at(-1)
  const neighbour = (by: 1 | -1) => {
    const place = beside(state, by)
    return place ? named(place, state) : null
  }
  const at = placeOf(state)
  return {
    kind: 'shown',
    at,
    previous: neighbour(-1),
    next: neighbour(1),
    answered: state.answered.value !== null && state.answered.value === toldPlace(state)?.step,
    count: toldPlaces(state).length,
    hands: state.hands.value,
    presents: state.present.value,
    play: playLabel(state),
    waits: isHeld(state) ? 'answer' : askedFor(state) ? 'guess' : null,
    run: newest ? { step: newest.step, lastStep: newest.lastStep, finished: newest.finished } : null,
    // the curves of a long run are large, and judge no answer
    metrics: Object.fromEntries(
      Object.entries(newest?.metrics ?? {}).filter(([, value]) => typeof value === 'number'),
    ),
    address: control.address(),
  }
}

type PageControl = Control & { darken(): void }

/** Connects the page for as long as it is open. `lost` is called where another page has the same pair already. */
function connectPage(pair: string, state: State, control: PageControl, lost: () => void): void {
  const channel = new BroadcastChannel(channelName(pair))
  // no two pages begin at the same moment
  const since = Date.now() + Math.random()
  const ending = new AbortController()
  const post = (message: PageMessage | Command) => channel.postMessage(message)
  let last = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined

  function tell(): void {
    clearTimeout(timer)
    timer = undefined
    last = performance.now()
    post(shownBy(state, control))
  }
  function end(): void {
    stop()
    clearTimeout(timer)
    ending.abort()
    channel.close()
  }

  function count(command: Command & { kind: 'count' }): void {
    const { answers, answer, change } = command
    const rounds = state.hands.peek()
    const begun = rounds.length > 0 ? rounds : [Array.from({ length: answers }, () => 0)]
    control.setHands(counted(begun, answer, (now) => ('by' in change ? now + change.by : change.to)))
  }

  function obey(command: Command): void {
    if ('at' in command && !samePlace(command.at, placeOf(state))) return
    switch (command.kind) {
      case 'hello':
        tell()
        break
      case 'travel':
        control.travel(command.by)
        break
      case 'play':
        control.togglePlaying()
        break
      case 'black':
        control.darken()
        break
      case 'answer':
        control.answer()
        break
      case 'ask':
        control.ask()
        control.setHands(nextRound(state.hands.peek()))
        break
      case 'count':
        count(command)
        break
      case 'mine':
        if (command.since > since) post({ kind: 'taken', since })
        break
      case 'taken':
        if (command.since < since) {
          end()
          lost()
        }
    }
  }
  channel.addEventListener('message', ({ data }: MessageEvent<Command>) => obey(data), {
    signal: ending.signal,
  })
  const { signal } = ending
  addEventListener('pagehide', () => post({ kind: 'bye' }), { signal })
  addEventListener('pageshow', tell, { signal })
  post({ kind: 'mine', since })
  // the browser gives it free when the page is gone, even where no goodbye was sent; without https there are no locks
  navigator.locks?.request(pageWindowName(pair), { signal }, () => new Promise(() => {})).catch(() => {})

  const stop = watch(() => {
    // read here, so that the watch follows what it reads
    shownBy(state, control)
    const wait = last + pause - performance.now()
    if (wait <= 0) tell()
    else timer ??= setTimeout(tell, wait)
  })
}

export interface PageSide {
  /**
   * Connects the page. `opened` is the window that was opened for it, null where the browser gave none, and undefined
   * where none was asked for.
   */
  connect(pair: string, opened: Window | null | undefined, lost: () => void): void
}

/** A window that shows another site tells nothing: then it is not the presenter window any more. */
function isEmpty({ location }: Window): boolean {
  try {
    return location.href === 'about:blank'
  } catch {
    return true
  }
}

function nameWindow(name: string): void {
  window.name = name
  keepText(windowNameKey, name, 'sessionStorage')
}

export function createPageSide(state: State, control: PageControl, notices: Notices): PageSide {
  let connected = false
  const refuse = (title: string, line: string) =>
    notices.show({ kind: 'information', topic: 'presenter', title, lines: [line] })
  return {
    connect(pair, opened, lost) {
      // windows without an origin of their own cannot talk to each other
      if (typeof BroadcastChannel === 'undefined' || window.origin === 'null') {
        opened?.close()
        return refuse(
          'This browser does not let two windows of the page talk to each other.',
          'Open the page by itself, outside of any frame, in a current Chrome, Edge, Firefox or Safari.',
        )
      }
      if (opened === null)
        return refuse(
          'The browser keeps the presenter window back.',
          'Allow pop-up windows for this page, then press P or the button once more.',
        )
      nameWindow(pageWindowName(pair))
      if (!connected)
        connectPage(pair, state, control, () => {
          connected = false
          nameWindow('')
          lost()
        })
      connected = true
      if (!opened) return
      if (isEmpty(opened))
        opened.location.href = `${location.pathname}?presenter=${pair}&theme=${state.theme.peek()}`
      opened.focus()
    },
  }
}
