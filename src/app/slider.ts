/**
 * A number in the panel: a slider and a field. The slider has a role, a name and keys, maps logarithms itself
 * and leaves the wheel to the page; the field takes any permitted value.
 */
import type { GUI } from 'lil-gui'
import { numberOf } from '../labs/numberText.ts'
import type { NumberParameter } from '../labs/parameter.ts'
import { permitted, quoted, refusedBecause } from '../labs/validation.ts'
import { element } from './dom.ts'
import { FieldRow } from './fieldRow.ts'
import { formatDecimal, formatField, formatNumber } from './format.ts'
import { fromPosition, hasSlider, keyed, toPosition } from './sliderScale.ts'

/** A finger must move this far sideways before it drags: until then it may be scrolling the page. */
const touchThreshold = 4
/** Keys that the hand presses within so many milliseconds of each other make one entry in the history. */
const keyPause = 500

/** The message for a refused text, with the name in the panel and the name in links and scripts. */
function refusal(parameter: NumberParameter, text: string): string {
  const { id, label } = parameter
  const name = label === id ? label : `${label} (${id})`
  const because = refusedBecause(parameter, numberOf(text) ?? Number.NaN)
  return `${quoted(text)} is not permitted: ${because ? `${because}; ` : ''}${name} is ${permitted(parameter)}.`
}

export class NumberRow extends FieldRow<NumberParameter, number> {
  readonly #slider: HTMLElement
  readonly #fill: HTMLElement
  /** Whether the slider shows the parameter's range. */
  #ranged = false
  /** Time at which a key that moved the slider was pressed; undefined after its release. */
  #pressedAt: number | undefined
  #releasedAt = Number.NEGATIVE_INFINITY
  /** Whether the change that ends now continues the change before. */
  continues = false

  constructor(gui: GUI, values: object, parameter: NumberParameter) {
    super(gui, values, parameter, 'number-row', `${parameter.label}, typed`)
    this.field.inputMode = 'decimal'
    this.#fill = element('div', { class: 'slider-fill' })
    this.#slider = element(
      'div',
      {
        class: 'slider',
        role: 'slider',
        tabindex: '0',
        'aria-label': parameter.label,
        'aria-description': parameter.help,
      },
      element('div', { class: 'slider-track' }, this.#fill),
    )
    this.#listenToPointer()
    this.#slider.addEventListener('keydown', (event) => this.#onKey(event))
    this.#slider.addEventListener('keyup', (event) => {
      // keys in a row are one drag; it ends with Enter or when the user leaves the slider
      if (!parameter.asks) this.#release(event.timeStamp)
    })
    this.#slider.addEventListener('blur', () => this.#endRow())
    this.adopt(parameter)
  }

  protected format(value: number): string {
    return formatField(value)
  }

  protected refusal(text: string): string {
    return refusal(this.parameter, text)
  }

  override adopt(parameter: NumberParameter): void {
    const { minimum, maximum } = this.parameter
    // most changes of other values do not change the range, and this runs at every change
    if (this.#ranged && minimum === parameter.minimum && maximum === parameter.maximum) {
      this.parameter = parameter
      return
    }
    this.#ranged = true
    this.#slider.setAttribute('aria-valuemin', formatDecimal(parameter.minimum))
    this.#slider.setAttribute('aria-valuemax', formatDecimal(parameter.maximum))
    if (!hasSlider(parameter)) this.#slider.remove()
    else if (!this.#slider.isConnected) this.$widget.append(this.#slider)
    super.adopt(parameter)
  }

  override disable(disabled = true): this {
    this.#slider.setAttribute('aria-disabled', String(disabled))
    return super.disable(disabled)
  }

  override updateDisplay(): this {
    const value = this.getValue() as number
    this.#fill.style.setProperty('--position', String(toPosition(this.parameter, value)))
    this.#slider.setAttribute('aria-valuenow', formatDecimal(value))
    const unit = this.parameter.unit ? ` ${this.parameter.unit}` : ''
    this.#slider.setAttribute('aria-valuetext', formatNumber(value) + unit)
    return super.updateDisplay()
  }

  #onKey(event: KeyboardEvent): void {
    if (this._disabled || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Enter') this.#endRow()
    const value = keyed(this.parameter, this.getValue() as number, event.key)
    if (value === undefined) return
    event.preventDefault()
    if (value === this.getValue()) return
    this.#pressedAt ??= event.timeStamp
    this.setValue(value)
  }

  /** Ends a row of keys: the next key makes its own entry in the history. */
  #endRow(): void {
    this.#release()
    this.#releasedAt = Number.NEGATIVE_INFINITY
  }

  #release(at = Number.NEGATIVE_INFINITY): void {
    if (this.#pressedAt === undefined) return
    this.continues = this.#pressedAt < this.#releasedAt + keyPause
    this.#pressedAt = undefined
    this.#releasedAt = at
    this._callOnFinishChange()
    this.continues = false
  }

  #listenToPointer(): void {
    const slider = this.#slider
    const track = slider.firstElementChild!
    let pressedAt: number | undefined
    let dragging = false
    const follow = (event: PointerEvent) => {
      const { left, width } = track.getBoundingClientRect()
      this.setValue(fromPosition(this.parameter, (event.clientX - left) / width))
    }
    slider.addEventListener('pointerdown', (event) => {
      if (this._disabled || event.button !== 0) return
      slider.setPointerCapture(event.pointerId)
      slider.focus({ preventScroll: true })
      this.#endRow()
      pressedAt = event.clientX
      dragging = event.pointerType !== 'touch'
      if (dragging) follow(event)
    })
    slider.addEventListener('pointermove', (event) => {
      if (pressedAt === undefined) return
      dragging ||= Math.abs(event.clientX - pressedAt) > touchThreshold
      if (dragging) follow(event)
    })
    slider.addEventListener('pointerup', (event) => {
      if (pressedAt === undefined) return
      follow(event)
      pressedAt = undefined
      this._callOnFinishChange()
    })
    // the browser has decided that the finger scrolls the page
    slider.addEventListener('pointercancel', () => {
      pressedAt = undefined
      this._callOnFinishChange()
    })
  }
}
