/** A question to the audience: one answer to press, or several to tick and check together. */
import type { EngineFrame } from '../engine/protocol.ts'
import type { Answer, Question } from '../labs/story.ts'
import { button, element, setHtml } from './dom.ts'
import { keepInView } from './inView.ts'

interface Choice {
  readonly node: HTMLElement
  chosen(): boolean
  clear(): void
}

const verdictOf = (right: boolean) => (right ? '✓ Right. ' : '✗ Not quite. ')

function contents(answer: Answer): HTMLElement[] {
  const text = element('span')
  setHtml(text, answer.text)
  return [element('span', { class: 'answer-sign', 'aria-hidden': 'true' }), text]
}

function createButton(answer: Answer, onPress: () => void): Choice {
  const press = () => {
    node.setAttribute('aria-pressed', 'true')
    onPress()
  }
  const attributes = { type: 'button', class: 'button answer', 'aria-pressed': 'false', onclick: press }
  const node = element('button', attributes, ...contents(answer))
  return {
    node,
    chosen: () => node.getAttribute('aria-pressed') === 'true',
    clear: () => node.setAttribute('aria-pressed', 'false'),
  }
}

function createBox(answer: Answer, onChange: () => void): Choice {
  const box = element('input', { type: 'checkbox', onchange: onChange })
  return {
    node: element('label', { class: 'button answer' }, box, ...contents(answer)),
    chosen: () => box.checked,
    clear: () => {
      box.checked = false
    },
  }
}

/** The part of a frame that decides whether answers are right. */
export type Evidence = Pick<EngineFrame, 'finished' | 'metrics'>

/**
 * Creates a question. `evidence` gives the newest numbers, for answers that depend on them; `onRight` is called after
 * a right answer. Call `follow` with every new frame: it judges an answer that waited for the frame, and asks again
 * if new numbers (such as those of another seed) contradict the verdict.
 */
export function createQuestion(
  question: Question,
  evidence: () => Evidence | undefined,
  onRight: () => void,
): { element: HTMLElement; follow(): void } {
  const verdict = element('div', { class: 'verdict', role: 'status' })
  const row = element('div', { class: 'verdict-row' }, verdict)
  const isRight = ({ right }: Answer) =>
    typeof right === 'object' ? evidence()?.metrics[right.metric] === right.equals : right === true
  const truth = () => question.answers.map(isRight).join()
  /** The right answer with which the verdict was made. */
  let judged: string | undefined
  /** The answer that waits for its verdict. */
  let waiting: number | undefined
  const isDecided = () => {
    const newest = evidence()
    const isKnown = ({ right }: Answer) =>
      typeof right !== 'object' || Number.isFinite(newest?.metrics[right.metric])
    return !question.atEnd || (newest?.finished === true && question.answers.every(isKnown))
  }
  const tell = (first: string, html: string) => {
    const rest = element('span')
    setHtml(rest, html)
    verdict.replaceChildren(element('strong', {}, first), rest)
    // on a low screen the verdict is outside the visible part
    keepInView(row)
  }
  const say = (right: boolean, reasons: readonly string[]) => {
    judged = truth()
    waiting = undefined
    if (right) onRight()
    tell(verdictOf(right), reasons.join(' '))
  }
  const mark = ({ node }: Choice, answer: Answer) => node.classList.add(isRight(answer) ? 'right' : 'wrong')
  const unmark = ({ node }: Choice) => node.classList.remove('right', 'wrong')

  const choices = question.answers.map((answer, index) =>
    question.several
      ? createBox(answer, () => {
          unmark(choices[index])
          followBoxes()
        })
      : createButton(answer, () => (isDecided() ? judge(index) : wait(index))),
  )
  const judge = (index: number) => {
    const answer = question.answers[index]
    mark(choices[index], answer)
    say(isRight(answer), [answer.reason])
  }
  const wait = (index: number) => {
    for (const [other, choice] of choices.entries()) if (other !== index) choice.clear()
    waiting = index
    tell('Noted. ', 'The verdict comes when training has ended.')
  }
  const judgeBoxes = () => {
    const each = question.answers.map((answer, index) => ({
      answer,
      choice: choices[index],
      well: isRight(answer) === choices[index].chosen(),
    }))
    for (const { choice, answer } of each) if (choice.chosen()) mark(choice, answer)
    const wrong = each.filter(({ well }) => !well)
    say(
      wrong.length === 0,
      (wrong.length === 0 ? each : wrong).map(({ answer }) => answer.reason),
    )
  }
  const check = button('Check', judgeBoxes, 'quiet')
  /** Without a ticked box there is no answer yet. */
  const followBoxes = () => {
    check.disabled = !choices.some((choice) => choice.chosen())
  }
  followBoxes()
  const clear = () => {
    for (const choice of choices) {
      unmark(choice)
      choice.clear()
    }
    followBoxes()
    verdict.replaceChildren()
    judged = waiting = undefined
  }

  row.append(button('Ask again', clear, 'quiet'))

  const text = element('p', { class: 'question-text', id: 'audience-question' })
  setHtml(text, question.text)
  const nodes = choices.map(({ node }) => node)
  return {
    element: element(
      'div',
      { class: 'audience', role: 'group', 'aria-labelledby': text.id },
      text,
      element('div', { class: 'answers' }, ...nodes, question.several && check),
      row,
    ),
    follow() {
      if (waiting !== undefined && isDecided()) judge(waiting)
      else if (judged !== undefined && judged !== truth()) clear()
    },
  }
}
