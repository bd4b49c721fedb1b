import { checkRandomBits, type RandomBitsOperations } from '../../operations/randomBits.ts'
import type { Context } from '../context.ts'

export const randomBits = (context: Context): RandomBitsOperations => ({
  randomBits(output, source, firstRow = 0) {
    const checked = checkRandomBits(context.given('randomBits'), output, source, firstRow)
    const { output: to, rows, columns, stream, batch, seed } = checked
    context.kernels.randomBits(to.address, rows, columns, firstRow, stream, batch, seed)
  },
})
