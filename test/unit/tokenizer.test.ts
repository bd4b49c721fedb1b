/** Text into words and back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinWords, tokenize } from '../../src/data/tokenizer.ts'

const words = (text: string) => [...tokenize(text)]

describe('tokenize', () => {
  it.each([
    ['The Nation’s debt', 'the|nation’s|debt'],
    ["Don't ask the farmers' wives", 'don’t|ask|the|farmers|’|wives'],
    ['$1,250,500.75, or 3.5% at 10:30', '$|1,250,500.75|,|or|3.5|%|at|10:30'],
    ['1,2, 3. 4:', '1,2|,|3|.|4|:'],
    ['the U.S. and U.S.A., i.e. A. Lincoln', 'the|u.s.|and|u.s.a.|,|i.e.|a|.|lincoln'],
    ['well-being -- and - more—or less', 'well|-|being|—|and|—|more|—|or|less'],
    ['wait... what?! ....', 'wait|…|what|?|!|…'],
    ['"Fire!" he said, (\'Run.\')', '“|fire|!|”|he|said|,|(|‘|run|.|’|)'],
    ['"But—" he began', '“|but|—|”|he|began'],
    ['‘Tis the 1980’s ’em', '‘|tis|the|1980’s|’em'],
    ['Ärger über ÇA, Σοφός, Привет', 'ärger|über|ça|,|σοφός|,|привет'],
    // a combining accent, a soft hyphen, a zero-width space, a control character, a lone surrogate
    ['cafe\u0301 na\u00adtion\u200b al a\u0001b c\ud800d', 'café|nation|al|a|b|c|d'],
    ['', ''],
    [' \n\t\u0000 ', ''],
  ])('finds in %j what a reader does', (text, expected) => {
    expect(words(text).join('|')).toBe(expected)
  })

  it('takes the same text for the same, whichever keys it was typed with', () => {
    const typed = `"It's the well-known 'rock'--or..." said the non-smoker`
    const set = '“It’s the well‑known ‘rock’—or…” said the non-smoker'
    expect(words(typed)).toEqual(words(set))
  })

  it('gives 20 MB one by one', () => {
    const sentence = 'The state of the Union, in 1865, is strong. '
    let count = 0
    for (const _ of tokenize(sentence.repeat(Math.ceil(2e7 / sentence.length)))) count++
    expect(count).toBe(12 * Math.ceil(2e7 / sentence.length))
  })
})

describe('joinWords', () => {
  it.each([
    'fellow-citizens: the nation’s debt (of $1,250,500.75, or 3.5%) is paid.',
    '“fire!” he said; ‘run.’ the states’ rights…',
    'no president—(applause)—no president has ever said so [1/2] at a@b',
    'the u.s. at 10:30 — no',
  ])('gives back %j as it was set', (text) => {
    expect(joinWords(words(text))).toBe(text.replaceAll(' — ', '—'))
  })

  it('sets what a model may say in no order at all', () => {
    expect(joinWords([])).toBe('')
    expect(joinWords(['.', 'a', '<unk>', ',', '<unk>'])).toBe('. a <unk>, <unk>')
    expect(joinWords(['$', 'the', '”', '“', 'a', '(', ')'])).toBe('$ the” “a ()')
  })

  it('is undone by tokenize', () => {
    const characters =
      'a b I S \' " ’ ‘ “ ” - — – ‑ . … , : ; ( ) [ ] $ € 1 2 5 % / \\ @ # ! ? ½ Σ İ ß 💩 中 « »'
    const hidden = ['\u0338', '\u0301', '\u200b', '\u00ad', '\u0001', '\ud800', '\n']
    const character = fc.constantFrom(...characters.split(' '), ...hidden, ...Array<string>(6).fill(' '))
    const texts = fc.oneof(
      fc.array(character, { maxLength: 12 }).map((all) => all.join('')),
      fc.string({ unit: 'binary' }),
    )
    const undone = (text: string) => {
      expect(words(joinWords(words(text)))).toEqual(words(text))
    }
    fc.assert(fc.property(texts, undone), { numRuns: 5000 })
  })
})
