/** One answer to press, or several to tick and check together; hands can be counted beside them. */
import type { Answer, Choice } from '../../labs/story.ts'
import { button, element, setHtml } from '../dom.ts'
import type { Context, Input } from './input.ts'
import { isKnown, isRight } from './rounds.ts'

interface Option {
  readonly node: HTMLElement
  chosen(): boolean
  clear(): void
}

function contents(answer: Answer): HTMLElement[] {
  const text = element('span')
  setHtml(text, answer.text)
  return [element('span', { class: 'answer-sign', 'aria-hidden': 'true' }), text]
}

function createButton(answer: Answer, onPress: () => void): Option {
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

function createBox(answer: Answer, onChange: () => void): Option {
  const box = element('input', { type: 'checkbox', onchange: onChange })
  return {
    node: element('label', { class: 'button answer' }, box, ...contents(answer)),
    chosen: () => box.checked,
    clear: () => {
      box.checked = false
    },
  }
}

export function createChoice({ answers, several }: Choice, { evidence, answered }: Context): Input {
  const right = (answer: Answer) => isRight(answer, evidence()?.metrics)
  const unmark = ({ node }: Option) => node.classList.remove('right', 'wrong')
  const mark = (index: number) => options[index].node.classList.add(right(answers[index]) ? 'right' : 'wrong')
  let pressed = -1

  const options = answers.map((answer, index) =>
    several
      ? createBox(answer, () => {
          unmark(options[index])
          followBoxes()
        })
      : createButton(answer, () => {
          for (const [other, option] of options.entries()) if (other !== index) option.clear()
          pressed = index
          answered()
        }),
  )
  const check = button('Check', answered, 'quiet')
  /** Without a ticked box there is no answer yet. */
  const followBoxes = () => {
    check.disabled = !options.some((option) => option.chosen())
  }
  followBoxes()

  return {
    element: element(
      'div',
      { class: 'answers' },
      ...options.map(({ node }) => element('div', { class: 'answer-place' }, node)),
      several && check,
    ),
    known: () => answers.every((answer) => isKnown(answer, evidence()?.metrics)),
    truth: () => answers.map(right).join(),
    judge() {
      if (!several) {
        mark(pressed)
        return { right: right(answers[pressed]), reasons: [answers[pressed].reason] }
      }
      const wrong = answers.filter((answer, index) => right(answer) !== options[index].chosen())
      for (const [index, option] of options.entries()) if (option.chosen()) mark(index)
      return {
        right: wrong.length === 0,
        reasons: (wrong.length === 0 ? answers : wrong).map(({ reason }) => reason),
      }
    },
    show() {
      for (const [index, answer] of answers.entries()) if (right(answer)) mark(index)
      return { right: true, reasons: answers.filter(right).map(({ reason }) => reason) }
    },
    clear() {
      for (const option of options) {
        unmark(option)
        option.clear()
      }
      pressed = -1
      followBoxes()
    },
  }
}
