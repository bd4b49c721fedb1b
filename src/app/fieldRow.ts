/**
 * A row of the panel with a field to type into. The field keeps a text that is being typed, whatever the parameter
 * becomes meanwhile, and a refused one, with the reason beside it, until it is corrected.
 */
import { Controller, type GUI } from 'lil-gui'
import type { Parameter, ParameterValue } from '../labs/parameter.ts'
import { parse } from '../labs/parameters.ts'
import { element, setText } from './dom.ts'

export abstract class FieldRow<Row extends Parameter, Value extends ParameterValue> extends Controller {
  protected parameter: Row
  protected readonly field: HTMLInputElement
  readonly #error: HTMLElement
  /** What the field was given to show: anything else was typed. */
  #given = ''
  /** Leaving the field takes what it holds, when it has no focus any more. */
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
    this.#error = element('p', { class: 'field-error', role: 'alert', id: `error-${parameter.id}` })
    this.$widget.append(this.field)
    this.domElement.append(this.#error)
    this.field.addEventListener('change', () => this.#takeField())
    this.field.addEventListener('blur', () => {
      // typed and taken back again, while the parameter changed
      if (!this.typing && !this.#error.textContent) this.#showInField()
    })
    this.field.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#discardField()
    })
  }

  /** The user is at the field, not at a slider. */
  get typing(): boolean {
    return this.#taking || document.activeElement === this.field
  }

  /** How a value stands in the field. */
  protected abstract format(value: Value): string
  /** What is parsed of a text that was typed. */
  protected abstract plain(text: string): string
  /** Why a text was refused. */
  protected abstract refusal(text: string, fault: unknown): string

  override updateDisplay(): this {
    // a value that is being typed is not overwritten while the user is at it
    const typed = this.#error.textContent || this.field.value !== this.#given
    if (!this.typing || !typed) this.#showInField()
    return this
  }

  /** The parameter as it is where the other ones have their present values. */
  adopt(parameter: Row): void {
    this.parameter = parameter
    this.updateDisplay()
  }

  /** Says why a value was not taken; "" takes it back. */
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
    // what is displayed may be rounded: leaving the field unchanged must not change the value
    if (text === this.format(this.getValue() as Value)) {
      this.tell('')
      return
    }
    this.#taking = true
    try {
      const value = parse(this.parameter, this.plain(text))
      this.tell('')
      this.setValue(value)
      this._callOnFinishChange()
      // what is refused beside the other values says so itself
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
