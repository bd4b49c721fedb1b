/** A lab's parameters as a table. The panel, the address, validation, presets and the console API all come from it. */

interface ParameterBase {
  /** Name in the address, the console API and the metrics; never changes once published. */
  readonly id: string
  readonly label: string
  readonly unit?: string
  /** One sentence for the panel and the documentation. */
  readonly help: string
  /** Applied without restarting the run. */
  readonly live?: boolean
  /** Shown in the panel only while this holds (the value is kept either way, and stands in links). */
  readonly relevant?: (values: ParameterValues) => boolean
}

/** `logNumber` differs from `number` only in how a slider maps: equal steps are equal ratios. */
export interface NumberParameter extends ParameterBase {
  readonly kind: 'number' | 'logNumber'
  readonly minimum: number
  readonly maximum: number
  /** Only whole numbers are permitted. */
  readonly integer?: boolean
  /** Only these are permitted. */
  readonly values?: readonly number[]
  /** A slider moves in multiples of it; validation does not snap to it. */
  readonly step?: number
  readonly default: number
  /**
   * A run may ask the audience for it (`Experiment.asks`): at its default there is no answer yet. Another run asks anew,
   * unless the change that begins it names an answer. A drag is an answer once it ends, and not what it passes; keys on
   * the slider are one drag, which Enter ends, or leaving it. A lab has at most one such parameter.
   */
  readonly asks?: true
  /**
   * What differs where the other parameters have these values; undefined where nothing does. `because` is told
   * when a value lies beyond an end that is nearer for their sake: "the text has 24,871 different words". May look
   * only at parameters that have no `when` themselves; a value that is outside once these change, and is not
   * named beside them, moves to the nearest permitted one.
   */
  readonly when?: (values: ParameterValues) => NumberVariation | undefined
}

/** How a number parameter differs where others have certain values. */
export interface NumberVariation
  extends Partial<Pick<NumberParameter, 'minimum' | 'maximum' | 'step' | 'default'>> {
  readonly because?: string
}

export interface ChoiceParameter extends ParameterBase {
  readonly kind: 'choice'
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly default: string
}

export interface FlagParameter extends ParameterBase {
  readonly kind: 'flag'
  readonly default: boolean
}

/** A text with a form of its own, such as a list of numbers. */
export interface TextParameter extends ParameterBase {
  readonly kind: 'text'
  readonly maximumLength: number
  /** What is permitted, as it stands in messages after "is": "1 to 6 components weight,mean,sd, separated by ;". */
  readonly permitted: string
  /** What is wrong with a text, naming the value: "sd 0 is not above 0". Undefined where nothing is. */
  readonly fault: (text: string) => string | undefined
  readonly default: string
}

export type Parameter = NumberParameter | ChoiceParameter | FlagParameter | TextParameter
export type ParameterValue = number | string | boolean
export type ParameterValues = Readonly<Record<string, ParameterValue>>

/** The value that a parameter takes. */
type ValueOf<One extends Parameter> = One extends { readonly kind: 'flag' }
  ? boolean
  : One extends { readonly kind: 'text' }
    ? string
    : One extends { readonly options: readonly { readonly value: infer Value }[] }
      ? Value
      : One extends { readonly values: readonly (infer Value)[] }
        ? Value
        : number

/** The values of a table, each with its type. */
export type ValuesOf<Table extends readonly Parameter[]> = {
  readonly [One in Table[number] as One['id']]: ValueOf<One>
}

/** A table whose ids, options and listed values the compiler knows: `ValuesOf<typeof parameters>`. */
export const defineParameters = <const Table extends readonly Parameter[]>(table: Table): Table => table

export interface Conflict<Id extends PropertyKey = string> {
  readonly ids: readonly (Id & string)[]
  readonly message: string
}
