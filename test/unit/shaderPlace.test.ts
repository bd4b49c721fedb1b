/** Where a compiler's complaint about joined shaders lies in their files. */
import { expect, it } from 'vitest'
import { Shader } from '../../src/compute/webgpu/shader.ts'

it('is told by file and line under the development server, and left out of a built page', () => {
  const joined = ['// file isNan.wgsl', 'fn isNan() {}', '', '// file gelu.wgsl', '// needs isNan', 'broken']
  const shader = new Shader('gelu', joined.join('\n'), {})
  expect([2, 3, 6].map((line) => shader.place(line))).toEqual([
    'isNan.wgsl, line 1: ',
    'isNan.wgsl, line 2: ',
    'gelu.wgsl, line 2: ',
  ])
  expect(shader.place(0)).toBe('')
  expect(new Shader('gelu', 'fn isNan() {}\nbroken', {}).place(2)).toBe('')
})
