/** The step's question in the presenter window: which answer is right, and why, before it is answered; and the hands. */
import type { Choice, Guess, Matching, Question, StoryStep } from '../../labs/story.ts'
import { button, element, setHtml, setText } from '../dom.ts'
import { formatNumber } from '../format.ts'
import { comparison, isKnown, isRight, sum } from '../question/rounds.ts'
import type { Shown } from './protocol.ts'

/** How a person changes the count of an answer. */
export type Count = (
  answers: number,
  answer: number,
  change: { readonly by: number } | { readonly to: number },
) => void

export interface Asked {
  readonly element: HTMLElement
  /** There is an answer to show; a goal is reached by dragging. */
  readonly hasAnswer: boolean
  /** Number of answers that hands are counted for; 0 where there are none. */
  readonly answers: number
  follow(shown: Shown): void
}

function html(tag: 'p' | 'div' | 'span', text: string, look = ''): HTMLElement {
  const node = element(tag, { class: look })
  setHtml(node, text)
  return node
}

/** The numbers that judge are there. */
const isDecided = (question: Question, { run }: Shown) => !question.atEnd || run?.finished === true

function createHandsRow(index: number, answers: number, count: Count) {
  const field = element('input', {
    type: 'text',
    inputmode: 'numeric',
    'aria-label': `Hands for answer ${index + 1}`,
    onchange: () => {
      if (/^\d{1,4}$/.test(field.value.trim())) count(answers, index, { to: Number(field.value) })
      field.value = shownCount
    },
  })
  let shownCount = ''
  const share = element('span', { class: 'muted' })
  const change = (text: string, by: number) =>
    button(text, () => count(answers, index, { by }), '', {
      'aria-label': `${text} hand for answer ${index + 1}`,
    })
  return {
    element: element('div', { class: 'presenter-hands' }, change('−1', -1), field, change('+1', 1), share),
    follow({ hands }: Shown) {
      const [now = 0, before] = [hands.at(-1)?.[index], hands.at(-2)?.[index]]
      const all = sum(hands.at(-1) ?? [])
      shownCount = String(now)
      if (document.activeElement !== field) field.value = shownCount
      const part = all > 0 ? `${Math.round((100 * now) / all)} %` : ''
      setText(share, before === undefined ? part : `${part} (before: ${before})`)
    },
  }
}

function createChoice(question: Choice, count: Count): Asked {
  const { answers } = question
  const rows = answers.map((answer, index) => {
    const sign = element('strong')
    const hands = createHandsRow(index, answers.length, count)
    const row = element(
      'li',
      {},
      element('div', {}, html('span', answer.text), ' ', sign),
      html('p', answer.reason, 'small muted'),
      hands.element,
    )
    return {
      row,
      follow(shown: Shown) {
        const known = isDecided(question, shown) && isKnown(answer, shown.metrics)
        const right = isRight(answer, shown.metrics)
        row.classList.toggle('right', known && right)
        setText(sign, known ? (right ? '✓ right' : '✗') : '? the run decides')
        hands.follow(shown)
      },
    }
  })
  const said = element('p', { class: 'small' })
  return {
    element: element(
      'div',
      {},
      element('ol', { class: 'presenter-answers' }, ...rows.map(({ row }) => row)),
      said,
    ),
    hasAnswer: true,
    answers: answers.length,
    follow(shown) {
      for (const row of rows) row.follow(shown)
      const known = isDecided(question, shown) && answers.every((answer) => isKnown(answer, shown.metrics))
      const right = answers.map((answer) => isRight(answer, shown.metrics))
      setText(said, known ? comparison(shown.hands, right) : '')
    },
  }
}

type Told = Guess | Matching

/** The right answer to a question that is no choice, as HTML: empty while the run has not decided. */
export function truthOf(question: Told, { metrics }: Pick<Shown, 'metrics'>): string {
  if ('guess' in question) {
    const value = metrics[question.guess.metric]
    return Number.isFinite(value) ? formatNumber(Number(value)) : ''
  }
  const { things, values, metric, truths } = question.match
  const places = truths.find(({ equals }) => equals === metrics[metric])?.places ?? []
  return places.map((place, thing) => `${things[thing]}: ${values[place]}`).join('; ')
}

export function reasonOf(question: Exclude<Question, Choice>): string {
  if ('sketch' in question) return question.sketch.reason
  return 'guess' in question ? question.guess.reason : question.match.reason
}

function createTold(question: Exclude<Question, Choice>): Asked {
  const right = element('p')
  let told: string | undefined
  return {
    element: element('div', {}, right, html('p', reasonOf(question), 'small muted')),
    hasAnswer: true,
    answers: 0,
    follow(shown) {
      // the lecturer sees the real curve where the audience does
      const truth = 'sketch' in question ? '' : isDecided(question, shown) && truthOf(question, shown)
      const text = truth ? `✓ ${truth}` : '? The run decides.'
      if (text !== told) setHtml(right, text)
      told = text
    },
  }
}

/** The question or the goal of a step; undefined where it has neither. */
export function createAsked({ question, goal }: StoryStep, count: Count): Asked | undefined {
  const asked = question && ('answers' in question ? createChoice(question, count) : createTold(question))
  if (!asked && !goal) return undefined
  return {
    element: element(
      'div',
      {},
      ...(question && asked ? [html('p', question.text, 'question-text'), asked.element] : []),
      ...(goal ? [html('p', goal.text, 'question-text'), html('p', goal.reason, 'small muted')] : []),
    ),
    hasAnswer: asked !== undefined,
    answers: asked?.answers ?? 0,
    follow: (shown) => asked?.follow(shown),
  }
}
