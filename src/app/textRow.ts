/** A text in the panel. */
import type { GUI } from 'lil-gui'
import type { TextParameter } from '../labs/parameter.ts'
import { FieldRow } from './fieldRow.ts'

export class TextRow extends FieldRow<TextParameter, string> {
  constructor(gui: GUI, values: object, parameter: TextParameter) {
    super(gui, values, parameter, 'text-row', parameter.label)
    this.updateDisplay()
  }

  protected format(value: string): string {
    return value
  }

  protected refusal(_text: string, fault: unknown): string {
    return (fault as Error).message
  }
}
