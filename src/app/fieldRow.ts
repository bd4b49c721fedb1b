/**
 * A row of the panel with an input field. The field keeps a text that is being typed, even if the parameter changes
 * meanwhile. It also keeps a refused text, with the reason beside it, until the text is corrected.
 */
import { Controller, type GUI } from 'lil-gui'
import type { Parameter, ParameterValue } from '../labs/parameter.ts'
import { parse } from '../labs/validation.ts'
import { element, setText } from './dom.ts'

/** Number of fields made: a parameter may have a row in the panel and one while presenting. */
let fields = 0

export abstract class FieldRow<Row extends Parameter, Value extends ParameterValue> extends Controller {
  protected parameter: Row
  protected readonly field: HTMLInputElement
  readonly #error: HTMLElement
  /** The last text that the row wrote into the field: a different text was typed. */
  #given = ''
  /** Whether the row takes the field's text now, after the field has lost the focus. */
  #taking = false

  constructor(gui: GUI, values: object, parameter: Row, className: string, label: string) {
    super(gui, values, parameter.id, className)
    this.parameter = parameter
    this.field = element('input', {
      type: 'text',
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-label': label,
      'aria-description': parameter.help,
    })
    this.#error = element('p', { class: 'field-error', role: 'alert', id: `error-${++fields}` })
    this.$widget.append(this.field)
    this.domElement.append(this.#error)
    this.field.addEventListener('change', () => this.#takeField())
    this.field.addEventListener('blur', () => {
      // the user typed and undid it again, while the parameter changed
      if (!this.typing && !this.#error.textContent) this.#showInField()
    })
    this.field.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#discardField()
    })
  }

  /** Whether the user is at the field, not at a slider. */
  get typing(): boolean {
    return this.#taking || document.activeElement === this.field
  }

  /** The text of a value in the field. */
  protected abstract format(value: Value): string
  /** The reason why a text was refused. */
  protected abstract refusal(text: string, fault: unknown): string

  override updateDisplay(): this {
    // a value that is being typed is not overwritten while the user is at it
    const typed = this.#error.textContent || this.field.value !== this.#given
    if (!this.typing || !typed) this.#showInField()
    return this
  }

  override disable(disabled = true): this {
    this.field.readOnly = disabled
    return super.disable(disabled)
  }

  /** Takes the parameter with its range for the present values of the others. */
  adopt(parameter: Row): void {
    this.parameter = parameter
    this.updateDisplay()
  }

  /** Shows why a value was refused; "" removes the message. */
  tell(error: string): void {
    setText(this.#error, error)
    this.field.setAttribute('aria-invalid', String(error !== ''))
    if (error) this.field.setAttribute('aria-describedby', this.#error.id)
    else this.field.removeAttribute('aria-describedby')
  }

  #showInField(): void {
    this.field.value = this.#given = this.format(this.getValue() as Value)
    this.tell('')
  }

  #takeField(): void {
    const text = this.field.value.trim()
    // the displayed value may be rounded: leaving the field unchanged must not change the value
    if (text === this.format(this.getValue() as Value)) {
      this.tell('')
      return
    }
    this.#taking = true
    try {
      const value = parse(this.parameter, text)
      this.tell('')
      this.setValue(value)
      this._callOnFinishChange()
      // if the value conflicts with the others, its message is shown already
      if (this.getValue() === value) this.#showInField()
    } catch (fault) {
      this.tell(this.refusal(text, fault))
    } finally {
      this.#taking = false
    }
  }

  #discardField(): void {
    this.#showInField()
    this.field.select()
  }
}
