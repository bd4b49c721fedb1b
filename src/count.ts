/** "50,257": the form of a whole number in messages and pictures. */
export const count = (number: number): string => number.toLocaleString('en-US')

/** "1 word", "1,234 words". */
export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`
