import source from '../../../../shaders/weightedSum.wgsl?raw'
import { f32, u32 } from '../../layout.ts'
import { checkWeightedSum } from '../../operations/weightedSum.ts'
import { operation } from '../context.ts'
import type { GpuTensor } from '../memory.ts'
import { Shader } from '../shader.ts'

const shader = new Shader('weightedSum', source, {
  ...u32('vectors'),
  ...f32('firstScale', 'secondScale'),
})

export const weightedSum = operation(checkWeightedSum, (context, checked) => {
  const { output: to, first: a, firstScale, second: b, secondScale } = checked
  const vectors = Math.ceil(to.length / 4)
  const run = (entryPoint: string, scales: readonly [number, number], buffers: readonly GpuTensor[]) =>
    context.run(shader, {
      entryPoint,
      fields: { vectors, firstScale: scales[0], secondScale: scales[1] },
      buffers,
      invocations: vectors,
      work: 4 * vectors,
    })
  if (to === a && to === b) run('intoBoth', [firstScale, secondScale], [to])
  else if (to === a) run('intoFirst', [firstScale, secondScale], [to, b])
  else if (to === b) run('intoFirst', [secondScale, firstScale], [to, a])
  else run('separate', [firstScale, secondScale], [to, b, a])
})
