/** What a link locks: how it is written, and that no control of the page unlocks it. On a made-up lab and engine. */
import { describe, expect, it } from 'vitest'
import { formatAddress, parseAddress } from '../../src/app/address.ts'
import { conceals, fixes } from '../../src/app/lock.ts'
import { labs } from '../../src/labs/index.ts'

describe('a lock', () => {
  it('is read from the link, and written again', () => {
    const address = parseAddress('#lab=init&dModel=768&lock=dModel,-scheme,steps,answers', labs)
    expect(address.refused).toEqual([])
    const { lock = [] } = address
    expect([fixes(lock, 'dModel'), conceals(lock, 'dModel')]).toEqual([true, false])
    expect([fixes(lock, 'scheme'), conceals(lock, 'scheme')]).toEqual([true, true])
    expect(fixes(lock, 'seed')).toBe(false)
    expect(parseAddress(formatAddress(address), labs).lock).toEqual(lock)
  })

  it('names what it does not know, and keeps the rest', () => {
    const { lock, refused } = parseAddress('#lab=init&lock=dModel,beta,-steps,steps', labs)
    expect(lock).toEqual(['dModel', 'steps'])
    expect(refused).toHaveLength(1)
    expect(refused[0]).toMatch(
      /^lock = "beta" and "-steps" is not permitted: lock is a list of steps, answers, dModel, .*hides it\.$/,
    )
  })
})
