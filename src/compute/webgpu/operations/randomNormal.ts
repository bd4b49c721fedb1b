import source from '../../../../shaders/randomNormal.wgsl?raw'
import {
  checkRandomNormal,
  checkRandomNormalRows,
  type RandomNormalOperations,
} from '../../operations/randomNormal.ts'
import type { Context } from '../context.ts'
import { draw, drawFields } from '../draw.ts'
import { Shader } from '../shader.ts'

export const randomNormalShader = new Shader('randomNormal', source, drawFields)

export const randomNormal = (context: Context): RandomNormalOperations => ({
  randomNormal(output, source, firstRow = 0) {
    draw(
      context,
      randomNormalShader,
      checkRandomNormal(context.given('randomNormal'), output, source, firstRow),
    )
  },

  randomNormalRows(output, source, rows) {
    draw(
      context,
      randomNormalShader,
      checkRandomNormalRows(context.given('randomNormalRows'), output, source, rows),
    )
  },
})
