import source from '../../../../shaders/randomNormal.wgsl?raw'
import { checkRandomNormal, checkRandomNormalRows } from '../../operations/randomNormal.ts'
import { operation } from '../context.ts'
import { draw, drawFields } from '../draw.ts'
import { Shader } from '../shader.ts'

export const randomNormalShader = new Shader('randomNormal', source, drawFields)

export const randomNormal = operation(checkRandomNormal, (context, checked) =>
  draw(context, randomNormalShader, checked),
)

export const randomNormalRows = operation(checkRandomNormalRows, (context, checked) =>
  draw(context, randomNormalShader, checked),
)
