/** Where a compiler's complaint about joined shaders lies in their files, also behind lines that are written out. */
import { expect, it } from 'vitest'
import { writtenOut } from '../../src/compute/webgpu/build.ts'
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

it('is the same behind lines that are written out for each number', () => {
  const nested = [
    '  // each i = 0 to 1',
    '  let row$i = $iu;',
    '    // each j = 2 to 3',
    '    // a comment',
    '    sum$i_$j += row$i;',
    '    // end',
    '  // end',
    'behind',
  ]
  const lines = writtenOut(nested.join('\n')).split('\n')
  expect(lines[0]).toBe(
    'let row0 = 0u; sum0_2 += row0; sum0_3 += row0; let row1 = 1u; sum1_2 += row1; sum1_3 += row1;',
  )
  expect(lines.slice(1)).toEqual([...Array(6).fill(''), 'behind'])
})

it('is the same behind lines that are written out once for each entry of a list', () => {
  const block = [
    'before',
    '// for tile, rows, last = large 3 2, first 2 1',
    'fn $tile() { // a comment',
    '  // each i = 0 to $last',
    '  row$i / $rowsu;',
    '  // end',
    '}',
    '// end for',
    'behind',
  ]
  expect(writtenOut(block.join('\n')).split('\n')).toEqual([
    'before',
    '',
    'fn large() { // a comment',
    'row0 / 3u; row1 / 3u; row2 / 3u;',
    '',
    '',
    '}',
    'fn first() { row0 / 2u; row1 / 2u; }',
    'behind',
  ])
})
