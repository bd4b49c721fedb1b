/** "50,257": the form of a whole number in messages and pictures. */
export const count = (value: number) => value.toLocaleString('en-US')
