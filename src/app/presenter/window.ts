/**
 * The presenter window: notes, the answer and the time for the lecturer's own screen, beside the projected page. It
 * computes nothing and draws nothing; the page tells it what is shown.
 */
import './presenter.css'
import { computed, signal } from '@preact/signals-core'
import type { Lab } from '../../labs/lab.ts'
import type { StepNotes } from '../../labs/notes.ts'
import { loadPart } from '../../part.ts'
import { applyPalette } from '../../stage/forcedColours.ts'
import { button, element, setText, watch } from '../dom.ts'
import { formatNumber } from '../format.ts'
import { type Asked, type Count, createAsked } from './answers.ts'
import { listenToPresenterKeys } from './keys.ts'
import { advanced, keepLecture, keptLecture, newLecture, timeText } from './lecture.ts'
import { createLink, type Link } from './link.ts'
import { newPair, type Place, pageWindowName, type Shown } from './protocol.ts'

const keyOf = ({ lab, number, title }: Place) => `${lab}/${number} ${title}`

/** The clock, and the time of the lecture and of its steps. */
function createTimes(pair: string) {
  const lecture = signal(keptLecture(pair))
  const clock = signal(new Date())
  let step: string | undefined
  const update = () => {
    clock.value = new Date()
    lecture.value = advanced(lecture.peek(), Date.now(), step)
    if (lecture.peek().running) keepLecture(pair, lecture.peek())
  }
  const change = (to: (now: typeof newLecture) => typeof newLecture) => {
    update()
    lecture.value = to(lecture.peek())
    keepLecture(pair, lecture.peek())
  }
  setInterval(update, 500)
  return {
    lecture,
    clock,
    /** The time until now belongs to the step before. */
    enter(next: string | undefined) {
      update()
      step = next
    },
    toggle: () => change((now) => ({ ...now, running: !now.running })),
    reset: () => change(({ at }) => ({ ...newLecture, at })),
  }
}

function createHead(times: ReturnType<typeof createTimes>, toggleTheme: () => void): HTMLElement {
  const clock = element('time', { class: 'presenter-time', 'aria-label': 'Clock' })
  const since = element('span', {
    class: 'presenter-time',
    role: 'timer',
    'aria-label': 'Time of the lecture',
  })
  const start = button('Start', times.toggle, 'primary')
  watch(() => {
    setText(
      clock,
      times.clock.value.toLocaleTimeString('en-GB', {
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      }),
    )
    const { running, elapsed } = times.lecture.value
    setText(since, timeText(elapsed))
    setText(start, running ? 'Pause' : elapsed > 0 ? 'Go on' : 'Start')
    // the run has a button with the same word
    start.setAttribute('aria-label', `${start.textContent}: time of the lecture`)
  })
  return element(
    'header',
    { class: 'presenter-head' },
    element('h1', {}, 'Presenter window'),
    element('div', { class: 'presenter-clock' }, element('span', { class: 'muted' }, 'Now'), clock),
    element(
      'div',
      { class: 'presenter-clock' },
      element('span', { class: 'muted' }, 'Lecture'),
      since,
      start,
      button('Reset', times.reset, 'quiet'),
    ),
    button('Theme', toggleTheme, 'quiet', { title: 'Dark theme or projector theme (T)' }),
  )
}

/** Says that the projected page is missing, with a link that opens it again. */
function createMissing(pair: string, { shown, connection }: Link): HTMLElement {
  const said = element('span')
  const again = element('a', { class: 'button primary', target: pageWindowName(pair) }, 'Open it again')
  const bar = element('div', { class: 'presenter-missing' }, said, again)
  watch(() => {
    const now = connection.value
    bar.hidden = now === 'looking' || now === 'open'
    again.href = location.pathname + (shown.value?.address ?? '')
    const closed = 'The projected window is closed.'
    setText(
      said,
      now === 'silent'
        ? 'The projected window does not answer. It may be busy, or closed.'
        : bar.hidden
          ? ''
          : closed,
    )
  })
  return element('div', { role: 'status' }, bar)
}

function createNotes({ say, mistakes }: StepNotes): HTMLElement {
  return element(
    'div',
    {},
    element('h3', {}, 'Say'),
    element('ul', { class: 'presenter-say' }, ...say.map((sentence) => element('li', {}, sentence))),
    element('h3', {}, 'What students get wrong'),
    element(
      'ul',
      {},
      ...mistakes.map(({ wrong, helps }) =>
        element('li', {}, wrong, ' ', element('span', { class: 'muted' }, helps)),
      ),
    ),
  )
}

function runText({ run, waits }: Shown): string {
  if (waits === 'guess') return 'The run waits for a guess: type it on the projected page.'
  if (!run || run.lastStep === 0) return ''
  const steps = `step ${formatNumber(run.step)} of ${formatNumber(run.lastStep)}`
  if (waits === 'answer') return `The run waits for the answer: ${steps}.`
  return `${run.finished ? 'The run has ended' : 'The run'}: ${steps}.`
}

function createWindow(pair: string, labs: readonly Lab[], toggleTheme: () => void): HTMLElement[] {
  const link = createLink(pair)
  const { shown, connection } = link
  const place = () => shown.peek()?.at
  const times = createTimes(pair)
  const at = computed(() => shown.value && keyOf(shown.value.at))
  const labOf = (where: Place) => labs.find(({ id }) => id === where.lab)
  const count: Count = (answers, answer, change) => {
    const where = place()
    if (where) link.send({ kind: 'count', at: where, answers, answer, change })
  }
  const about = (kind: 'answer' | 'ask') => () => {
    const where = place()
    if (where) link.send({ kind, at: where })
  }

  const where = element('p', { class: 'muted' })
  const title = element('h2', {}, 'No step is shown yet')
  const minutes = element('p', { class: 'presenter-minutes' })
  const notes = element('div')
  const next = element('p')
  const question = element('div')
  const asked = signal<Asked | undefined>(undefined)
  const meant = signal<number | undefined>(undefined)

  async function load(lab: Lab, index: number, key: string): Promise<void> {
    try {
      const [steps, told] = await Promise.all([
        loadPart('The text of the story', lab.loadStory),
        loadPart('The notes', lab.loadNotes),
      ])
      if (at.peek() !== key) return
      notes.replaceChildren(createNotes(told[index]))
      meant.value = told[index].minutes
      asked.value = createAsked(steps[index], count)
      const nothing = () => element('p', { class: 'muted' }, 'This step asks nothing.')
      question.replaceChildren(asked.peek()?.element ?? nothing())
    } catch (fault) {
      if (at.peek() !== key) return
      notes.replaceChildren(
        `${(fault as Error).message} `,
        button('Try again', () => void load(lab, index, key)),
      )
    }
  }

  watch(() => {
    const key = at.value
    const now = place()
    const lab = now && labOf(now)
    notes.replaceChildren()
    question.replaceChildren()
    asked.value = undefined
    meant.value = undefined
    times.enter(key ?? undefined)
    if (!key || !now) return
    const own = now.index < 0
    if (!lab || !(own || lab.story[now.index])) {
      notes.replaceChildren('The projected window has another version of the page. Load both windows anew.')
      return
    }
    document.title = `Presenter: ${lab.title} · natlab`
    setText(where, `${lab.title}, step ${now.number} of ${shown.peek()?.count}`)
    setText(title, now.title)
    if (own) notes.replaceChildren('This step is your own. It has no notes.')
    else void load(lab, now.index, key)
  })
  watch(() => {
    const now = at.value
    const spent = (now && times.lecture.value.steps[now]) || 0
    const planned = meant.value
    const over = planned !== undefined && spent > planned * 60_000
    minutes.classList.toggle('over', over)
    setText(
      minutes,
      planned === undefined
        ? ''
        : `Meant: ${planned} min. Taken: ${timeText(spent)}${over ? ', over the time' : ''}.`,
    )
  })

  const previous = button('← Previous', () => link.send({ kind: 'travel', by: -1 }))
  const forward = button('Next →', () => link.send({ kind: 'travel', by: 1 }), 'primary')
  const play = button('Play', () => link.send({ kind: 'play' }))
  const show = button('Show the answer', about('answer'))
  const again = button('Ask again', about('ask'))
  const black = button('Black screen', () => link.send({ kind: 'black' }), '', {
    title: 'Black, or the picture again: while the page is in present mode (key F there)',
  })
  const run = element('span', { class: 'muted presenter-run' })
  watch(() => {
    const now = shown.value
    const missing = connection.value !== 'open'
    previous.disabled = missing || !now?.previous
    forward.disabled = missing || !now?.next
    black.disabled = missing || !now?.presents
    play.disabled = missing || now?.waits === 'answer'
    show.hidden = now?.answered === true
    again.hidden = !show.hidden
    setText(play, now?.play ?? 'Play')
    if (!now) return
    const lab = now.next && labOf(now.next)
    setText(
      next,
      lab
        ? `Next: ${lab.id === now.at.lab ? '' : `${lab.title}: `}${now.next!.title}`
        : 'This is the last step.',
    )
    setText(run, runText(now))
    asked.value?.follow(now)
    show.disabled = again.disabled = missing || !asked.value?.hasAnswer
  })
  listenToPresenterKeys({
    previous: () => previous.click(),
    next: () => forward.click(),
    play: () => play.click(),
    answer: () => (show.hidden ? again : show).click(),
    black: () => black.click(),
    theme: toggleTheme,
    hand: (index) => {
      const answers = asked.peek()?.answers ?? 0
      if (index < answers && connection.peek() === 'open') count(answers, index, { by: 1 })
    },
  })

  return [
    createHead(times, toggleTheme),
    createMissing(pair, link),
    element(
      'main',
      { class: 'presenter-main' },
      element('section', { class: 'presenter-step' }, where, title, minutes, notes),
      element(
        'section',
        { class: 'presenter-question', 'aria-label': 'Question' },
        element('h3', {}, 'Question'),
        question,
      ),
      element(
        'p',
        { class: 'presenter-keys small muted' },
        'Keys: ← → or the Page keys lead on, Space plays, A shows the answer, B makes the presented page black, 1 to 9 count a hand, T changes the theme. ' +
          'Both windows have to be open in one browser: a phone or another computer cannot be the presenter window.',
      ),
    ),
    element(
      'footer',
      { class: 'presenter-bar' },
      element('div', { class: 'presenter-next' }, next, run),
      element('div', { class: 'presenter-buttons' }, previous, play, show, again, black, forward),
    ),
  ]
}

export function createPresenterWindow(root: HTMLElement, pair: string, labs: readonly Lab[]): void {
  const address = new URLSearchParams(location.search)
  // a link that names no pair begins one
  const own = /^\w+$/.test(pair) ? pair : newPair()
  const theme = signal<'dark' | 'projector'>(address.get('theme') === 'projector' ? 'projector' : 'dark')
  watch(() => {
    document.documentElement.dataset.theme = theme.value
    applyPalette(document.documentElement, theme.value)
    history.replaceState(null, '', `?presenter=${own}&theme=${theme.value}`)
  })
  root.classList.add('presenter')
  if (typeof BroadcastChannel === 'undefined') {
    const said = 'This browser does not let two windows of the page talk to each other.'
    root.replaceChildren(
      element('main', {}, `${said} Open both in a current Chrome, Edge, Firefox or Safari.`),
    )
    return
  }
  root.replaceChildren(
    ...createWindow(own, labs, () => {
      theme.value = theme.peek() === 'dark' ? 'projector' : 'dark'
    }),
  )
}
