import source from '../../../../shaders/randomBits.wgsl?raw'
import { checkRandomBits } from '../../operations/randomBits.ts'
import { operation } from '../context.ts'
import { draw, drawFields } from '../draw.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('randomBits', source, drawFields)

export const randomBits = operation(checkRandomBits, (context, checked) => draw(context, shader, checked))
