/**
 * `npm run publish:pages`: builds the page and pushes it to the branch gh-pages of the remote “origin”. GitHub, GitLab, Codeberg
 * and others serve such a branch. The working tree and the branch that is checked out stay as they are.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const branch = 'gh-pages'

/** Where GitHub serves the branch of this remote; undefined for other hosts. */
export function pagesAddress(remote: string): string | undefined {
  const [, owner, name] = /github\.com[:/]([\w-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(remote) ?? []
  if (!owner) return undefined
  const host = `${owner.toLowerCase()}.github.io`
  return name.toLowerCase() === host ? `https://${host}/` : `https://${host}/${name}/`
}

type Git = (...words: readonly string[]) => string

/** Runs git in a folder, and gives what it writes. */
function gitIn(folder: string, more: Readonly<Record<string, string>> = {}): Git {
  return (...words) =>
    execFileSync('git', words, {
      cwd: folder,
      env: { ...process.env, ...more },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
}

/** The answer, or the sentence that says what is missing, with what git said. */
function orSay(ask: () => string, sentence: string): string {
  try {
    return ask()
  } catch (fault) {
    const { stderr = '' } = fault as { readonly stderr?: string }
    throw new Error(`${sentence}\n${stderr.trim()}`.trim())
  }
}

/** The address of “origin”. */
export function originOf(repository: string): string {
  const git = gitIn(repository)
  orSay(
    () => git('rev-parse', '--git-dir'),
    'This folder is no git repository, so there is nothing to push to.',
  )
  return orSay(
    () => git('remote', 'get-url', 'origin'),
    'There is no remote “origin” to push to. Make an empty repository on GitHub, then run\n' +
      '  git remote add origin https://github.com/NAME/natlab.git\nwith your own name, and try again.',
  )
}

/** Pushes the files of a folder as a new commit of the branch. Returns the commit; undefined if it has these files already. */
export function publish(repository: string, folder: string): string | undefined {
  const origin = originOf(repository)
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`${folder} has no index.html: run npm run build first.`)
  const git = gitIn(repository)
  const refused = `“origin” (${origin}) does not answer, or does not let you in.`
  const there = orSay(() => git('ls-remote', 'origin', `refs/heads/${branch}`), refused)
  if (there) orSay(() => git('fetch', '--quiet', 'origin', branch), refused)
  const before = there.split(/\s/)[0]

  // the files go into an index of their own
  const own = mkdtempSync(join(tmpdir(), 'natlab-publish-'))
  try {
    const index = gitIn(folder, {
      GIT_DIR: resolve(repository, git('rev-parse', '--git-dir')),
      GIT_WORK_TREE: resolve(folder),
      GIT_INDEX_FILE: join(own, 'index'),
    })
    index('-c', 'core.autocrlf=false', 'add', '--all', '--force', '.')
    // GitHub would pass the files through Jekyll
    index('update-index', '--add', '--cacheinfo', `100644,${index('hash-object', '-w', '--stdin')},.nojekyll`)
    const tree = index('write-tree')
    if (before && git('rev-parse', `${before}^{tree}`) === tree) return undefined
    const source = git('describe', '--always', '--dirty')
    const parent = before ? ['-p', before] : []
    const commit = git('commit-tree', tree, ...parent, '-m', `Publish ${source}`)
    orSay(() => git('push', '--quiet', 'origin', `${commit}:refs/heads/${branch}`), refused)
    return commit
  } finally {
    rmSync(own, { recursive: true })
  }
}

export async function run(): Promise<void> {
  try {
    const origin = originOf('.')
    const address = process.env.NATLAB_URL ?? pagesAddress(origin)
    console.log(
      address
        ? `The page is built for ${address}`
        : 'NATLAB_URL does not say where the page will be: links to it show no picture in chats.',
    )
    execFileSync('npm', ['run', 'build'], {
      env: { ...process.env, NATLAB_URL: address ?? '' },
      stdio: 'inherit',
      shell: process.platform === 'win32',
    })
    const commit = publish('.', 'dist')
    console.log(
      commit ? `Pushed to ${branch} of ${origin}.` : `${branch} of ${origin} has these files already.`,
    )
    console.log(`On GitHub, once: Settings, Pages, “Deploy from a branch”, ${branch}, / (root).`)
  } catch (fault) {
    console.error((fault as Error).message)
    process.exitCode = 1
  }
}
