import source from '../../../../shaders/randomBits.wgsl?raw'
import { checkRandomBits, type RandomBitsOperations } from '../../operations/randomBits.ts'
import type { Context } from '../context.ts'
import { draw, drawFields } from '../draw.ts'
import { Shader } from '../shader.ts'

export const randomBitsShader = new Shader('randomBits', source, drawFields)

export const randomBits = (context: Context): RandomBitsOperations => ({
  randomBits(output, source, firstRow = 0) {
    draw(context, randomBitsShader, checkRandomBits(context.given('randomBits'), output, source, firstRow))
  },
})
