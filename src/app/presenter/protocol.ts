/**
 * What the projected page and its presenter window tell each other. Both are windows of one browser, and a pair has an
 * id: it names their channel, and stands in the presenter window's link. Nothing leaves the machine.
 */
import type { Metrics } from '../../labs/experiment.ts'
import type { State } from '../state.ts'

/** A step that is told: of a lab's story, or of a lesson. */
export interface Place {
  readonly lab: string
  /** Its index in the lab's story; −1 for a step of one's own in a lesson. */
  readonly index: number
  readonly title: string
  /** Its number in what is told, from 1. */
  readonly number: number
}

/** What the page shows. It is sent at every change, and as the answer to a hello. */
export interface Shown {
  readonly kind: 'shown'
  readonly at: Place
  readonly previous: Place | null
  readonly next: Place | null
  /** The number of steps that are told. */
  readonly count: number
  /** The answer to the step's question is given, or shown. */
  readonly answered: boolean
  readonly hands: State['hands']['value']
  /** The step fills the page's screen. */
  readonly presents: boolean
  /** The action of the play button. */
  readonly play: string
  /** What the run waits for. */
  readonly waits: 'answer' | 'guess' | null
  /** The run's steps done, and all; null before the first frame. */
  readonly run: { readonly step: number; readonly lastStep: number; readonly finished: boolean } | null
  /** The newest numbers: right answers may depend on them. */
  readonly metrics: Metrics
  /** The part of the page's link behind its path. */
  readonly address: string
}

/** To the presenter window. */
export type PageMessage =
  | Shown
  /** The page is closed, or loaded anew. */
  | { readonly kind: 'bye' }

/** To the page. What is about a step's question names the step: the page may have gone on meanwhile. */
export type Command =
  | { readonly kind: 'hello' }
  | { readonly kind: 'travel'; readonly by: 1 | -1 }
  | { readonly kind: 'play' }
  /** Black, or the picture again; only while the page presents. */
  | { readonly kind: 'black' }
  | { readonly kind: 'answer' | 'ask'; readonly at: Place }
  /** Begins to count where no hand is counted yet; then changes the count of one of the `answers`. */
  | {
      readonly kind: 'count'
      readonly at: Place
      readonly answers: number
      readonly answer: number
      readonly change: { readonly by: number } | { readonly to: number }
    }
  /** A page says that it has this pair's id. One that has had it for longer answers `taken`. */
  | { readonly kind: 'mine'; readonly since: number }
  | { readonly kind: 'taken'; readonly since: number }

export const channelName = (pair: string) => `natlab-presenter-${pair}`

/**
 * Name of the projected page's window, by which its presenter window finds it: it survives a reload. A window loses it
 * where its page becomes cross-origin isolated, as at the second load; so the page also keeps it under `windowNameKey`.
 */
export const pageWindowName = (pair: string) => `natlab-projected-${pair}`
export const windowNameKey = 'natlab.window'
export const presenterWindowName = (pair: string) => `natlab-presenter-${pair}`

export const newPair = () => crypto.getRandomValues(new Uint32Array(1))[0].toString(36)

export const samePlace = (one: Place, other: Place) =>
  one.lab === other.lab && one.index === other.index && one.number === other.number

/** The pair in a presenter window's link, empty for a link that names none; undefined for a link to the page. */
export const pairOfLink = (search: string) => new URLSearchParams(search).get('presenter') ?? undefined

/** The pair of a window with this name; undefined for any other window. */
export const pairOfWindow = (name: string) => /^natlab-projected-(\w+)$/.exec(name)?.[1]
