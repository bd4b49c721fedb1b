import { describe, expect, it } from 'vitest'
import { KernelMemory, pageBytes } from '../../src/compute/wasm/memory.ts'

const pages = 16
const base = 1000
const create = () =>
  new KernelMemory(new WebAssembly.Memory({ initial: 1, maximum: pages }), pages * pageBytes, base)

describe('KernelMemory', () => {
  it('hands out blocks that start behind the constants, on cache lines, and do not overlap', () => {
    const memory = create()
    const sizes = [1, 64, 65, 1000, 3]
    const blocks = sizes.map((size) => ({ start: memory.allocate(size), size }))
    for (const { start } of blocks) expect(start % 64).toBe(0)
    expect(blocks[0].start).toBeGreaterThanOrEqual(base)
    for (let i = 1; i < blocks.length; i++)
      expect(blocks[i].start).toBeGreaterThanOrEqual(blocks[i - 1].start + blocks[i - 1].size)
  })

  it('clears a block that was used before', () => {
    const memory = create()
    const first = memory.allocate(4000)
    memory.float32(first, 1000).fill(7)
    memory.release(first)
    // longer than the first: a part of its memory was never used
    const second = memory.allocate(8000, 'zero')
    expect(second).toBe(first)
    expect(memory.float32(second, 2000).every((value) => value === 0)).toBe(true)
  })

  it('joins what is given back, in any order, so that it never wears out', () => {
    const memory = create()
    const half = (pages * pageBytes) / 2
    for (let round = 0; round < 50; round++) {
      const blocks = Array.from({ length: 8 }, () => memory.allocate(half / 8))
      const order = [3, 0, 7, 1, 5, 2, 6, 4]
      for (const i of order) memory.release(blocks[i])
      memory.release(memory.allocate(half + round * 64))
    }
  })

  it('fills a gap', () => {
    const memory = create()
    const [a, b, c] = [memory.allocate(640), memory.allocate(1280), memory.allocate(640)]
    memory.release(b)
    expect(memory.allocate(640)).toBe(b)
    expect(memory.allocate(640)).toBe(b + 640)
    expect(new Set([a, b, c]).size).toBe(3)
  })

  it('grows, and keeps what is there', () => {
    const memory = create()
    const small = memory.allocate(400)
    memory.uint32(small, 100).fill(5)
    const large = memory.allocate(4 * pageBytes, 'zero')
    expect(memory.uint32(small, 100).every((value) => value === 5)).toBe(true)
    expect(memory.uint32(large, pageBytes).every((value) => value === 0)).toBe(true)
  })

  it('names the size when nothing is left, and goes on working', () => {
    const memory = create()
    const first = memory.allocate(10 * pageBytes)
    expect(() => memory.allocate(8 * pageBytes)).toThrow(RangeError)
    expect(() => memory.allocate(8 * pageBytes)).toThrow(/0\.5 MB.*0\.7 MB.*1 MB/)
    memory.release(first)
    expect(memory.allocate(8 * pageBytes)).toBe(first)
  })

  it('refuses to free what it did not hand out, or twice', () => {
    const memory = create()
    const block = memory.allocate(100)
    expect(() => memory.release(block + 64)).toThrow('no block')
    memory.release(block)
    expect(() => memory.release(block)).toThrow('no block')
  })

  it('lets go of its memory', () => {
    const memory = create()
    const block = memory.allocate(100)
    memory.close()
    memory.release(block)
    expect(() => memory.allocate(100)).toThrow('given back')
  })
})
