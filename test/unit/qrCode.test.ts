/** The QR code of a link: only as long as the last row can read it. */
import { describe, expect, it } from 'vitest'
import { qrCode } from '../../src/app/links/code.ts'

describe('the code of a link', () => {
  it('is refused beyond what the last row can read', () => {
    expect(() => qrCode(`https://example.org/#${'a'.repeat(1200)}`)).toThrow(
      /^This link has 1,221 characters\. A code that the last row can read holds at most 858\.$/,
    )
  })
})
