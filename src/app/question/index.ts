/** A question to the audience: it commits itself, then the page shows what it computed, and judges. */
import '../styles/question.css'
import type { Question } from '../../labs/story.ts'
import { say as announce, heard } from '../announcer.ts'
import type { Control } from '../control.ts'
import { button, element, setHtml } from '../dom.ts'
import { keepInView } from '../inView.ts'
import { openQuestion, type State, toldPlace } from '../state.ts'
import { createChoice } from './choice.ts'
import { createGuess } from './guess.ts'
import { createHands } from './hands.ts'
import type { Context, Evidence, Input, Judgement } from './input.ts'
import { createMatch } from './match.ts'
import { comparison, isRight, nextRound } from './rounds.ts'
import { createSketch } from './sketch.ts'

export { createGuessForm } from './guess.ts'

function createInput(question: Question, state: State, form: HTMLElement, context: Context): Input {
  if ('answers' in question) return createChoice(question, context)
  if ('match' in question) return createMatch(question, context)
  if ('sketch' in question) return createSketch(question, state, context)
  return createGuess(question, form, state, context)
}

export interface AskedQuestion {
  readonly element: HTMLElement
  /**
   * Call it with every new frame: it judges an answer that waited for the frame, and asks again if new numbers (such as
   * those of another seed) contradict the verdict.
   */
  follow(): void
  dispose(): void
}

/**
 * Creates a question. `evidence` gives the newest numbers, for answers that depend on them. `form` is the field for the
 * number that a run asks for.
 */
export function createQuestion(
  question: Question,
  state: State,
  control: Control,
  form: HTMLElement,
  evidence: () => Evidence | undefined,
): AskedQuestion {
  const step = toldPlace(state)?.step
  const verdict = element('div', { class: 'verdict' })
  const row = element('div', { class: 'verdict-row' }, verdict)
  /** The truth with which the verdict was made. */
  let judged: string | undefined
  /** What waits for its verdict. */
  let waiting: (() => void) | undefined
  const isWaiting = () => waiting !== undefined
  const isDecided = () => (!question.atEnd || evidence()?.finished === true) && input.known()
  const judgeIfDecided = () => {
    if (isDecided()) waiting?.()
  }
  const tell = (first: string, html: string) => {
    const rest = element('span')
    setHtml(rest, html)
    verdict.replaceChildren(element('strong', {}, first), rest)
    announce(heard(verdict))
    // on a low screen the verdict is outside the visible part
    keepInView(row)
  }
  const hands = () =>
    'answers' in question
      ? comparison(
          state.hands.peek(),
          question.answers.map((answer) => isRight(answer, evidence()?.metrics)),
        )
      : ''
  const say = (first: (right: boolean) => string, judgement: Judgement) => {
    judged = input.truth()
    waiting = undefined
    tell(first(judgement.right), [...judgement.reasons, hands()].join(' '))
  }
  const decide = (first: (right: boolean) => string, judge: () => Judgement, meanwhile: string) => {
    if (state.lock.peek().includes('answers')) return tell('Noted. ', 'Your lecturer shows the answer.')
    waiting = () => say(first, judge())
    // `follow` is called here, and may judge
    control.answer()
    judgeIfDecided()
    if (isWaiting()) tell(meanwhile, 'The verdict comes when the run has ended.')
  }
  const input = createInput(question, state, form, {
    evidence,
    answered: () =>
      decide(
        (right) => (right ? '✓ Right. ' : '✗ Not quite. '),
        () => input.judge(),
        'Noted. ',
      ),
  })
  const showIt = () =>
    decide(
      () => '',
      () => input.show(),
      '',
    )
  const show = button('Show it', showIt, 'quiet')
  const places = [...input.element.querySelectorAll<HTMLElement>('.answer-place')]
  const counting = places.length > 0 ? createHands(places, state, control.setHands) : undefined

  const clear = () => {
    input.clear()
    verdict.replaceChildren()
    judged = waiting = undefined
  }
  const again = () => {
    clear()
    control.ask()
    control.setHands(nextRound(state.hands.peek()))
  }
  row.append(button('Ask again', again, 'quiet'))
  const text = element('p', { class: 'question-text', id: 'audience-question' })
  setHtml(text, question.text)
  return {
    element: element(
      'div',
      { class: 'audience', role: 'group', 'aria-labelledby': text.id },
      text,
      element('div', { class: 'question-tools' }, show, counting?.start),
      input.element,
      row,
    ),
    follow() {
      const open = openQuestion(state) !== undefined
      show.hidden = !open || state.lock.peek().includes('answers')
      const answered = state.answered.peek() === step
      // a link, the console or the presenter window asks anew
      if (!answered && (waiting || judged !== undefined)) clear()
      // or shows the answer
      else if (answered && !waiting && judged === undefined) showIt()
      if (waiting) judgeIfDecided()
      else if (judged !== undefined && input.known() && judged !== input.truth()) {
        clear()
        control.ask()
      }
    },
    dispose() {
      counting?.dispose()
      input.dispose?.()
    },
  }
}
