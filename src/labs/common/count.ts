/** "50,257": how a whole number stands in messages and pictures. */
export const count = (value: number) => value.toLocaleString('en-US')
