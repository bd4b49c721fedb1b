import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { pagesAddress, publish } from '../../scripts/publish.ts'

let root: string
const at = (name: string) => join(root, name)
const git = (folder: string, ...words: string[]) =>
  execFileSync('git', words, { cwd: at(folder), encoding: 'utf8', stdio: 'pipe' }).trim()

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'natlab-'))
  for (const name of ['origin', 'work', 'work/dist', 'work/dist/assets']) mkdirSync(at(name))
  git('origin', 'init', '--quiet', '--bare')
  git('work', 'init', '--quiet')
  git('work', 'config', 'user.name', 'A lecturer')
  git('work', 'config', 'user.email', 'lecturer@example.org')
  writeFileSync(at('work/.gitignore'), 'dist/\n')
  git('work', 'add', '.')
  git('work', 'commit', '--quiet', '-m', 'Begin')
  writeFileSync(at('work/dist/index.html'), 'first')
  writeFileSync(at('work/dist/assets/data.bin'), 'line\r\n')
})
afterEach(() => rmSync(root, { recursive: true }))

const push = () => publish(at('work'), at('work/dist'))
const published = (...words: string[]) => git('origin', ...words)

it('pushes the files of the folder, and leaves the working tree as it is', () => {
  git('work', 'remote', 'add', 'origin', at('origin'))
  const branches = git('work', 'branch')
  expect(push()).toBe(published('rev-parse', 'gh-pages'))
  expect(published('ls-tree', '-r', '--name-only', 'gh-pages').split('\n')).toEqual([
    '.nojekyll',
    'assets/data.bin',
    'index.html',
  ])
  expect(published('cat-file', '-s', 'gh-pages:assets/data.bin')).toBe('6')
  expect(git('work', 'branch')).toBe(branches)
  expect(git('work', 'status', '--porcelain')).toBe('')
})

it('adds a commit for what has changed, and none where nothing has', () => {
  git('work', 'remote', 'add', 'origin', at('origin'))
  push()
  expect(push()).toBeUndefined()
  writeFileSync(at('work/dist/index.html'), 'second')
  rmSync(at('work/dist/assets'), { recursive: true })
  // as from another machine, which has not seen the first one
  git('work', 'update-ref', '-d', 'refs/remotes/origin/gh-pages')
  push()
  expect(published('rev-list', '--count', 'gh-pages')).toBe('2')
  expect(published('show', 'gh-pages:index.html')).toBe('second')
  expect(published('ls-tree', '-r', '--name-only', 'gh-pages')).not.toContain('data.bin')
})

it('says what is missing', () => {
  expect(push).toThrow(/There is no remote “origin”.*git remote add origin/s)
  git('work', 'remote', 'add', 'origin', at('nowhere'))
  expect(push).toThrow(/nowhere\) does not answer, or does not let you in.*nowhere/s)
  rmSync(at('work/dist/index.html'))
  expect(push).toThrow(/has no index.html: run npm run build first/)
  rmSync(at('work/.git'), { recursive: true })
  expect(push).toThrow(/no git repository/)
})

it.each([
  ['git@github.com:Someone/natlab.git', 'https://someone.github.io/natlab/'],
  ['https://github.com/someone/natlab', 'https://someone.github.io/natlab/'],
  ['https://github.com/Someone/someone.github.io.git', 'https://someone.github.io/'],
  ['https://codeberg.org/someone/natlab.git', undefined],
])('knows where GitHub serves %s', (remote, address) => {
  expect(pagesAddress(remote)).toBe(address)
})
