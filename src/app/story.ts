/** The lab's story: captions (HTML since the build) with live numbers, dots for the steps, and questions. */
import type { Metrics, MetricValue } from '../labs/experiment.ts'
import type { Lab } from '../labs/lab.ts'
import type { Goal } from '../labs/story.ts'
import { loadPart } from '../part.ts'
import { Waiting } from '../waiting.ts'
import { heard, say } from './announcer.ts'
import type { Control } from './control.ts'
import { button, element, iconButton, setHtml, setText, watch } from './dom.ts'
import { spokenDigits } from './format.ts'
import { fixes } from './lock.ts'
import { narrowPage } from './narrow.ts'
import { partNotice } from './parts.ts'
import type { AskedQuestion } from './question/index.ts'
import { readoutText } from './readouts.ts'
import {
  beside,
  departedIds,
  hiddenIds,
  openQuestion,
  type State,
  type StoryPlace,
  type StoryTexts,
  storyIndex,
  toldPlaces,
} from './state.ts'

type QuestionModule = typeof import('./question/index.ts')

/** A goal that the audience reaches by dragging; `follow` says whether it is reached. */
function createGoal(goal: Goal, lab: Lab) {
  const label = (metric: string) => lab.readouts.find((one) => one.metric === metric)?.label ?? metric
  const kind = (value: MetricValue) =>
    value === Number.POSITIVE_INFINITY ? 'infinite' : Number.isFinite(value) ? 'finite' : 'not a number'
  const verdict = element('div', { class: 'verdict' })
  const text = element('p', { class: 'question-text' })
  setHtml(text, goal.text)
  const asked = element('span', { class: 'muted' })
  const reason = element('span')
  setHtml(reason, goal.reason)
  let reached: boolean | undefined
  return {
    element: element('div', { class: 'audience goal' }, text, verdict),
    follow(metrics: Metrics) {
      const now = Object.entries(goal.metrics).every(([metric, wanted]) => kind(metrics[metric]) === wanted)
      const states = Object.keys(goal.metrics).map((metric) => `${label(metric)} is ${kind(metrics[metric])}`)
      setText(asked, `Not yet: ${states.join(', ')}. Drag on.`)
      if (now === reached) return
      reached = now
      verdict.replaceChildren(...(now ? [element('strong', {}, '✓ Found. '), reason] : [asked]))
      verdict.classList.toggle('right', now)
      if (now) say(heard(verdict))
    },
  }
}

/** More do not fit beside the title of a step. */
const mostDots = 16

function createDots(places: readonly StoryPlace[], control: Control): HTMLButtonElement[] {
  return places.map((_, index) =>
    element(
      'button',
      {
        type: 'button',
        class: 'dot',
        onclick: () => control.enterStory(index),
      },
      String(index + 1),
    ),
  )
}

/** A new step begins with its caption, where the page is scrolled. */
function showMain(bar: HTMLElement): void {
  const main = bar.closest('main')
  if (main && narrowPage().matches && main.getBoundingClientRect().top < 0) main.scrollIntoView()
}

export function createStory(
  state: State,
  control: Control,
  /** Is told the curves that the shown texts name. */
  nameCurves: (curves: readonly string[]) => void,
): HTMLElement {
  const title = element('h2', { id: 'story-title' })
  const caption = element('div', { class: 'caption' })
  const lesson = element('p', { class: 'story-lesson' })
  const end = button('End the lesson', control.endLesson, 'quiet story-end')
  const question = element('div', { class: 'story-question' })
  const dots = element('div', { class: 'dots', role: 'group', 'aria-label': 'Steps of the story' })
  const previous = iconButton(
    'previous',
    'Previous step of the story',
    () => control.travel(-1),
    'Previous (←)',
  )
  const next = iconButton('next', 'Next step of the story', () => control.travel(1), 'Next (→)')
  const counter = element('span', { class: 'story-counter' })
  const fold = iconButton('fold', 'Fold the story', () => {
    fold.setAttribute('aria-expanded', String(!bar.classList.toggle('folded')))
  })
  fold.setAttribute('aria-expanded', 'true')
  // a caption describes its step's values: when they are changed, it is dimmed, and a way back is offered
  const strayed = button(
    '↺ Back to this step’s values',
    () => control.enterStory(storyIndex(state)),
    'story-strayed',
  )
  strayed.hidden = true
  const body = element('div', { class: 'story-body', tabindex: '0', role: 'group', 'aria-label': 'Caption' })
  body.append(caption, question)
  const bar = element(
    'section',
    { class: 'story', 'aria-labelledby': title.id },
    element(
      'div',
      { class: 'story-head' },
      lesson,
      title,
      strayed,
      element('div', { class: 'story-navigation' }, end, previous, dots, counter, next, fold),
    ),
    body,
  )

  let goal: ReturnType<typeof createGoal> | undefined
  let asked: AskedQuestion | undefined
  let form: HTMLElement | undefined
  const newest = () => state.frames.kept.peek().at(-1)
  const showMetrics = () => {
    const frame = state.frames.shown.peek()
    bar.classList.toggle('partial', frame !== null && !frame.ready)
    const hidden = hiddenIds(state)
    for (const node of bar.querySelectorAll<HTMLElement>('[data-metric]')) {
      const { metric = '', entry } = node.dataset
      // numbers that are read aloud have few digits
      const text = readoutText(state.lab.peek(), metric, frame, {
        digits: spokenDigits,
        entry: entry === undefined ? undefined : Number(entry),
      })
      setText(node, hidden.includes(metric) ? '?' : text)
    }
    if (frame) goal?.follow(frame.metrics)
  }

  /** The code of questions comes with the first one. */
  const loadQuestions = () => loadPart('The code for questions', () => import('./question/index.ts'))

  function showTexts(texts: StoryTexts, lab: Lab, questions: QuestionModule): void {
    form ??= questions.createGuessForm(state, control)
    if (typeof texts.caption === 'string') setHtml(caption, texts.caption)
    else caption.replaceChildren(texts.caption)
    goal = texts.goal && createGoal(texts.goal, lab)
    asked?.dispose()
    asked = texts.question && questions.createQuestion(texts.question, state, control, form, newest)
    question.replaceChildren(...[asked, goal].flatMap((one) => (one ? [one.element] : [])))
    // a run asks for its number in any step
    if (!question.contains(form)) question.append(form)
    nameCurves(Array.from(bar.querySelectorAll<HTMLElement>('.curve'), (one) => one.dataset.curve!))
    showMetrics()
    asked?.follow()
    body.scrollTop = 0
  }

  const waiting = new Waiting()
  waiting.listener = (what) => {
    if (what) caption.textContent = `natlab still waits for ${what}.`
  }

  async function loadTexts(place: StoryPlace): Promise<void> {
    try {
      const loading = Promise.all([loadPart('The text of the story', place.texts), loadQuestions()])
      const [texts, questions] = await waiting.during('the text of the story', loading)
      if (shown === place) showTexts(texts, place.lab ?? state.lab.peek(), questions)
    } catch (fault) {
      const { lines, action } = await partNotice(fault as Error, () => void loadTexts(place))
      if (shown !== place) return
      const text = `The text of the story did not arrive. ${lines?.join(' ')} `
      caption.replaceChildren(text, button(action!.label, action!.run))
    }
  }

  let shownPlaces: readonly StoryPlace[] | undefined
  let shown: StoryPlace | undefined
  watch(() => {
    const places = toldPlaces(state)
    const told = state.lesson.value
    bar.classList.toggle('in-lesson', told !== null)
    bar.classList.toggle('locked', state.lock.value.includes('steps'))
    lesson.hidden = end.hidden = told === null
    setText(lesson, told?.title ?? '')
    lesson.title = told?.title ?? ''
    bar.classList.toggle('long', places.length > mostDots)
    const index = Math.min(storyIndex(state), places.length - 1)
    bar.hidden = places.length === 0
    if (bar.hidden) return
    if (places !== shownPlaces) dots.replaceChildren(...createDots(places, control))
    shownPlaces = places
    // titles of later steps may answer the question
    const known = openQuestion(state) ? index : places.length
    for (const [at, dot] of ([...dots.children] as HTMLElement[]).entries()) {
      if (at === index) dot.setAttribute('aria-current', 'step')
      else dot.removeAttribute('aria-current')
      dot.title = at > known ? `Step ${at + 1}, after the answer` : places[at].step.title
      dot.setAttribute('aria-label', `Step ${at + 1}${at > known ? '' : `: ${places[at].step.title}`}`)
    }
    setText(counter, `${index + 1} of ${places.length}`)
    previous.disabled = !beside(state, -1)
    next.disabled = !beside(state, 1)
    const place = places[index]
    if (place === shown) return
    if (shown) showMain(bar)
    shown = place
    bar.classList.toggle('page', place.lab === undefined)
    setText(title, place.step.title)
    void loadTexts(place)
  })
  watch(() => {
    const { parameters } = state.lab.value
    const ids = departedIds(state, toldPlaces(state)[storyIndex(state)]?.step).filter(
      (id) => !fixes(state.lock.value, id),
    )
    const labels = parameters.filter(({ id }) => ids.includes(id)).map((one) => one.label)
    strayed.hidden = labels.length === 0
    bar.classList.toggle('strayed', !strayed.hidden)
    strayed.title = `The caption is about other values of: ${labels.join(', ')}. Click to set them again.`
  })
  watch(() => {
    void state.frames.shown.value
    showMetrics()
  })
  watch(() => {
    void state.frames.kept.value
    void state.answered.value
    void openQuestion(state)
    asked?.follow()
  })
  watch(() => {
    if (state.wanted.value?.id !== 'question') return
    const first = question.querySelector<HTMLElement>('button, input, [tabindex]')
    first?.focus()
    first?.scrollIntoView({ block: 'nearest' })
  })
  return bar
}
