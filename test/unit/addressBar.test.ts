/** The entries that the address bar writes to the browser's history for frequent changes. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAddressBar } from '../../src/app/addressBar.ts'

let entries: string[]
let travel: (to: string) => void

beforeEach(() => {
  vi.useFakeTimers()
  entries = ['#old']
  const location = { search: '', hash: '#old', pathname: '/' }
  const write = (url: string) => {
    location.hash = url.slice(1)
    return location.hash
  }
  vi.stubGlobal('location', location)
  vi.stubGlobal('history', {
    pushState: (_state: unknown, _title: string, url: string) => entries.push(write(url)),
    replaceState: (_state: unknown, _title: string, url: string) => entries.splice(-1, 1, write(url)),
  })
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => {
    if (type !== 'popstate') return
    travel = (to) => {
      location.hash = to
      listener()
    }
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('what goes on with a change shares its entry', () => {
  const bar = createAddressBar(() => {})
  bar.push('#a')
  bar.extend('#b')
  bar.extend('#c')
  expect(entries).toEqual(['#old', '#c'])
  bar.push('#d')
  bar.extend('#e')
  expect(entries).toEqual(['#old', '#c', '#e'])
})

test('where the change before it made no entry, it makes its own', () => {
  const bar = createAddressBar(() => {})
  bar.push('#a')
  // a key at the end of a slider's range
  bar.push('#a')
  bar.extend('#b')
  bar.extend('#c')
  expect(entries).toEqual(['#old', '#a', '#c'])
  travel('#old')
  bar.extend('#d')
  expect(entries).toEqual(['#old', '#a', '#c', '#d'])
})

test('of a burst the newest is written, as an entry if any of it was one', () => {
  const bar = createAddressBar(() => {})
  for (let index = 0; index < 30; index++) bar.replace(`#${index}`)
  bar.push('#dragged')
  bar.replace('#calibrated')
  expect(entries).toEqual(['#29'])
  vi.advanceTimersByTime(1000)
  expect(entries).toEqual(['#29', '#calibrated'])
})

test('what still waits gives way to a step back', () => {
  const told: string[] = []
  const bar = createAddressBar((text) => told.push(text))
  for (let index = 0; index < 30; index++) bar.replace(`#${index}`)
  bar.push('#late')
  travel('#old')
  vi.advanceTimersByTime(1000)
  expect(told).toEqual(['#old'])
  expect(entries).not.toContain('#late')
})
