/** Errors keep their codes, also through a real port between threads. */
import { afterEach, describe, expect, it } from 'vitest'
import { coded, codeOf, errorOf, obsolete } from '../../src/faults.ts'
import { expose, releaseProxy, wrap } from '../../src/threads.ts'

describe('the code of a fault', () => {
  it('is the one that it was given, whatever its class', () => {
    expect(codeOf(coded('tooLarge', new RangeError('much')))).toBe('tooLarge')
    expect(codeOf(coded('lost', new DOMException('the buffer is gone', 'AbortError')))).toBe('lost')
    expect(codeOf(obsolete('Another run was asked for.'))).toBe('obsolete')
    expect(codeOf(new DOMException('', 'AbortError'))).toBe('obsolete')
  })

  it('is none of somebody else’s', () => {
    const missing = Object.assign(new Error('no such file'), { code: 'ENOENT' })
    const others = [
      missing,
      new Error('lost'),
      new DOMException('', 'DataCloneError'),
      'lost',
      null,
      undefined,
    ]
    expect(others.map(codeOf)).toEqual(others.map(() => undefined))
  })
})

it('makes an error of whatever is thrown', () => {
  const fault = new RangeError('too far')
  expect(errorOf(fault)).toBe(fault)
  expect(errorOf('a text')).toEqual(new Error('a text'))
})

describe('what is thrown in another thread', () => {
  let close = () => {}
  afterEach(() => close())

  /** The error as it arrives at the other side of a port. */
  async function arrived(thrown: unknown): Promise<unknown> {
    const { port1, port2 } = new MessageChannel()
    const fail = async (): Promise<unknown> => {
      throw thrown
    }
    expose({ fail }, port1)
    const remote = wrap<{ fail: typeof fail }>(port2)
    close = () => {
      remote[releaseProxy]()
      port1.close()
    }
    return remote.fail().then(
      () => 'nothing was thrown',
      (fault: unknown) => fault,
    )
  }

  class OwnError extends Error {
    override readonly name = 'OwnError'
  }

  it.each([
    ['RangeError', coded('tooLarge', new RangeError('no room')), RangeError, 'tooLarge'],
    ['TypeError', new TypeError('no number'), TypeError, undefined],
    ['AbortError', obsolete('newer'), DOMException, 'obsolete'],
    ['AbortError', new DOMException('the platform’s', 'AbortError'), DOMException, 'obsolete'],
    ['OperationError', coded('lost', new DOMException('gone', 'OperationError')), DOMException, 'lost'],
    ['Error', coded('kernel', new Error('gelu does not compile')), Error, 'kernel'],
    ['OwnError', coded('tryAgain', new OwnError('not here')), Error, 'tryAgain'],
    ['Error', new Error('unforeseen'), Error, undefined],
  ])('is a %s still: %o', async (name, thrown, kind, code) => {
    const fault = (await arrived(thrown)) as Error
    expect(fault).not.toBe(thrown)
    expect(fault).toBeInstanceOf(kind)
    expect([fault.name, fault.message, codeOf(fault)]).toEqual([name, thrown.message, code])
    if (!(thrown instanceof DOMException)) expect(fault.stack).toBe(thrown.stack)
  })

  it('may be anything else', async () => {
    expect(await arrived('a text')).toBe('a text')
    expect(await arrived(undefined)).toBe(undefined)
  })
})
