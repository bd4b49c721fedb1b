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
  /** Shown in the panel only while this is true. The value is kept in any case, and stands in links. */
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
  /** A slider moves in multiples of this step; validation does not round to it. */
  readonly step?: number
  readonly default: number
  /**
   * A run may ask the audience for this value (`Experiment.asks`): the default means no answer yet. Another run asks
   * anew, unless the change that begins it names an answer. Only the end of a drag is an answer. Keys on the slider are
   * one drag, which ends with Enter or when the user leaves the slider. A lab has at most one such parameter.
   */
  readonly asks?: true
  /**
   * The differences when the other parameters have these values; undefined if there are none. `because` is the reason
   * in the message when a value lies outside the narrower range: "the text has 24,871 different words". May depend
   * only on parameters that have no `when` themselves. If a change of them puts the value outside its range, and does
   * not name this parameter, the value moves to the nearest permitted one. `file` are the facts of the user's file.
   */
  readonly when?: (values: ParameterValues, file?: FileFacts) => NumberVariation | undefined
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

/** A text with a required form, such as a list of numbers. */
export interface TextParameter extends ParameterBase {
  readonly kind: 'text'
  readonly maximumLength: number
  /** The permitted form, as messages say it after "is": "1 to 6 components weight,mean,sd, separated by ;". */
  readonly permitted: string
  /** The fault of a text, with the value: "sd 0 is not above 0". Undefined if there is none. */
  readonly fault: (text: string) => string | undefined
  readonly default: string
}

export type Parameter = NumberParameter | ChoiceParameter | FlagParameter | TextParameter
export type ParameterValue = number | string | boolean
export type ParameterValues = Readonly<Record<string, ParameterValue>>

/** Facts of a file that the user opened. Ranges may depend on them. Only the lab that reads the file knows their ids. */
export type FileFacts = Readonly<Record<string, string | number>>

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

/** The values that play a part together with the others, in the order of the table. */
export function relevant(parameters: readonly Parameter[], values: ParameterValues): ParameterValues {
  const playing = parameters.filter((one) => one.id in values && (one.relevant?.(values) ?? true))
  return Object.fromEntries(playing.map(({ id }) => [id, values[id]]))
}
