/** The parameters of the open lab, built by lil-gui from the lab's table. */
import { BooleanController, type Controller, GUI, OptionController } from 'lil-gui'
import type { Lab } from '../labs/lab.ts'
import type { FileFacts, Parameter, ParameterValue, ParameterValues } from '../labs/parameter.ts'
import { listed, resolved } from '../labs/validation.ts'
import type { Control } from './control.ts'
import { button, element, setText, watch } from './dom.ts'
import { FieldRow } from './fieldRow.ts'
import { conceals, fixes, type Lock } from './lock.ts'
import type { Notice, Notices } from './notices.ts'
import { NumberRow } from './slider.ts'
import { asFarAs } from './sliderScale.ts'
import { hiddenIds, type State } from './state.ts'
import { TextRow } from './textRow.ts'

type Model = Record<string, ParameterValue>

function createRow(gui: GUI, model: Model, parameter: Parameter): Controller {
  switch (parameter.kind) {
    case 'choice': {
      const options = Object.fromEntries(parameter.options.map(({ value, label }) => [label, value]))
      const row = new OptionController(gui, model, parameter.id, options)
      row.$select.setAttribute('aria-description', parameter.help)
      return row
    }
    case 'flag': {
      const row = new BooleanController(gui, model, parameter.id)
      // the row is a label, and holds a button, too
      row.$input.setAttribute('aria-label', parameter.label)
      row.$input.setAttribute('aria-description', parameter.help)
      return row
    }
    case 'text':
      return new TextRow(gui, model, parameter)
    default:
      return new NumberRow(gui, model, parameter)
  }
}

/** Opens the parameter's help (words/words.ts), for fingers and keys too: a tooltip needs a mouse. */
function createHelpButton({ label, help }: Parameter, lab: Lab): HTMLElement {
  return element('button', {
    type: 'button',
    class: 'row-help',
    'aria-label': `What is ${label}?`,
    // keeps the tooltip of the row away
    title: '',
    'data-help': help,
    'data-lab': lab.id,
  })
}

/** Fills `container` with rows for these parameters; returns functions that follow new values and remove the rows. */
function createRows(
  container: HTMLElement,
  lab: Lab,
  parameters: readonly Parameter[],
  values: ParameterValues,
  control: Control,
  notices: Notices,
) {
  const model: Model = { ...values }
  /** Ids of the parameters that are being dragged and taken at the end: their sliders stay at the pointer. */
  const onTheWay = new Set<string>()
  let shown = values
  let file: FileFacts | undefined
  let refusal: Notice | undefined
  const gui = new GUI({ container, title: 'Parameters', injectStyles: false })
  const rows = parameters.map((parameter) => {
    const row = createRow(gui, model, parameter)
    row.name(parameter.unit ? `${parameter.label} (${parameter.unit})` : parameter.label)
    row.domElement.title = parameter.help
    row.$name.append(createHelpButton(parameter, lab))
    row.domElement.dataset.parameter = parameter.id
    const take = (value: ParameterValue) => {
      const conflictOf = (one: ParameterValue) => lab.conflict?.({ ...shown, [parameter.id]: one }, file)
      const conflict = conflictOf(value)
      let taken = conflict ? undefined : value
      if (conflict && row instanceof NumberRow && !row.typing && 'minimum' in parameter) {
        const from = Number(shown[parameter.id])
        taken = asFarAs(resolved(parameter, shown, file), from, Number(value), (one) => !conflictOf(one))
      }
      if (taken !== undefined) control.set({ [parameter.id]: taken }, 'none').catch(control.report)
      if (refusal) notices.dismiss(refusal)
      if (!conflict) return
      model[parameter.id] = taken ?? shown[parameter.id]
      // a refused text stays in its field
      if (row instanceof FieldRow && row.typing) row.tell(conflict.message)
      row.updateDisplay()
      // lil-gui displays the value once more after this, and this removes the message of a slider
      if (row instanceof FieldRow) queueMicrotask(() => row.tell(conflict.message))
      else notices.show((refusal = { kind: 'information', title: conflict.message }))
    }
    row.onChange((value: ParameterValue) => {
      if ('asks' in parameter) onTheWay.add(parameter.id)
      else take(value)
    })
    row.onFinishChange(() => {
      if (onTheWay.delete(parameter.id)) take(model[parameter.id])
      control.commit(row instanceof NumberRow && row.continues ? 'extend' : 'push')
    })
    return { parameter, row }
  })
  return {
    /** `hidden` are the ids of parameters that the story hides. */
    follow(next: ParameterValues, hidden: readonly string[], lock: Lock, nextFile: FileFacts | undefined) {
      shown = next
      file = nextFile
      for (const { parameter, row } of rows) {
        if (row instanceof NumberRow && 'when' in parameter) row.adopt(resolved(parameter, next, file))
        if (model[parameter.id] !== next[parameter.id] && !onTheWay.has(parameter.id)) {
          model[parameter.id] = next[parameter.id]
          row.updateDisplay()
        }
        const told = !hidden.includes(parameter.id) && !conceals(lock, parameter.id)
        const fixed = fixes(lock, parameter.id)
        if (row._disabled !== fixed) row.disable(fixed)
        const shows = told && (parameter.relevant?.(next) ?? true)
        // `show` writes a style at each call
        if (row._hidden === shows) row.show(shows)
      }
    },
    destroy: () => gui.destroy(),
  }
}

/** Rows for parameters of the open lab. They follow the state until the answer is called. */
export function createParameters(
  state: State,
  control: Control,
  notices: Notices,
  container: HTMLElement,
  /** Gives the same list as long as the rows are the same. */
  chosen: () => readonly Parameter[],
): () => void {
  let rows: ReturnType<typeof createRows> | undefined
  let shown: readonly Parameter[] | undefined
  const stop = watch(() => {
    const lab = state.lab.value
    const values = state.values.value
    const parameters = chosen()
    if (shown !== parameters) {
      rows?.destroy()
      rows = createRows(container, lab, parameters, values, control, notices)
      shown = parameters
    }
    rows?.follow(values, hiddenIds(state), state.lock.value, state.file.value)
  })
  return () => {
    stop()
    rows?.destroy()
  }
}

export function createPanel(state: State, control: Control, notices: Notices): HTMLElement {
  const container = element('div', { class: 'parameters' })
  const riddle = element(
    'p',
    { class: 'small muted panel-riddle' },
    'Hidden, because it would give the answer away. ',
    button('Show it', control.answer),
  )
  const lock = element('p', { class: 'small muted' })
  createParameters(state, control, notices, container, () => state.lab.value.parameters)
  watch(() => {
    riddle.hidden = hiddenIds(state).length === 0
    riddle.querySelector('button')!.hidden = state.lock.value.includes('answers')
    const { lab, lock: locked } = state
    const fixed = lab.value.parameters.filter(({ id }) => locked.value.includes(id))
    lock.hidden = fixed.length === 0
    setText(lock, `The link to this page fixes ${listed(fixed.map(({ label }) => label))}.`)
  })
  return element(
    'section',
    { class: 'panel-section', 'aria-labelledby': 'parameters-title' },
    element(
      'div',
      { class: 'section-head' },
      element('h2', { id: 'parameters-title' }, 'Parameters'),
      button('Reset to defaults', () => void control.resetToDefaults().catch(control.report), 'quiet'),
    ),
    container,
    lock,
    riddle,
  )
}
