/** How an embedding's entries are drawn, in the labs about the first loss and about training. */

/** `custom` takes the parameter `std`. */
export type Scheme = 'unit' | 'inverseSqrt' | 'gpt2' | 'custom'

export const schemeOptions = [
  { value: 'unit', label: '1' },
  { value: 'inverseSqrt', label: '1/√d_model' },
  { value: 'gpt2', label: '0.02 (GPT-2)' },
  { value: 'custom', label: 'custom' },
] as const

/** The standard deviation that a scheme gives at width d. */
export function schemeStd(scheme: Scheme, dModel: number, custom: number): number {
  switch (scheme) {
    case 'unit':
      return 1
    case 'inverseSqrt':
      return dModel ** -0.5
    case 'gpt2':
      return 0.02
    case 'custom':
      return custom
  }
}
