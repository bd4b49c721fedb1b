/**
 * As much of vitest as the kernels' tests use, for a bundle: the tests of `npm test` run as they are, and `expect` is
 * vitest's own. Tests are collected when their file is loaded, and run one after the other.
 */
import {
  chai,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect'
import type { ExpectStatic } from 'vitest'

type Body = (...given: never[]) => unknown

interface Test {
  readonly name: string
  readonly body: () => unknown
}

interface Suite {
  readonly name: string
  readonly before: (() => unknown)[]
  readonly after: (() => unknown)[]
  readonly children: (Suite | Test)[]
}

export interface Outcome {
  passed: number
  /** Tests for which no time was left. */
  notRun: number
  readonly failures: { readonly name: string; readonly message: string }[]
}

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)

export const expect = chai.expect as unknown as ExpectStatic
// vitest itself has set it where it runs this file's own tests
;(globalThis as Record<symbol, unknown>)[GLOBAL_EXPECT] ??= expect
setState({ assertionCalls: 0, isExpectingAssertions: false }, expect)

const suite = (name: string): Suite => ({ name, before: [], after: [], children: [] })
let current = suite('')

interface Configuration {
  readonly everyCase: boolean
  /** Suites with such a name are not collected. */
  readonly leftOut: RegExp
}

let configuration: Configuration = { everyCase: true, leftOut: /^$/ }
export const configure = (given: Configuration): void => void (configuration = given)

/** `$key` and `$key.key` of a case, or `%s`, `%d` and `%o` in their order. */
function titled(title: string, given: readonly unknown[]): string {
  const shown = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
  const at = (path: string) =>
    path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], given[0])
  let next = 0
  return title
    .replace(/\$([\w.]+)/g, (_, path: string) => shown(at(path)))
    .replace(/%[sdo]/g, () => shown(given[next++]))
}

/** Calls `one` with the title and the arguments of each case; a list is several arguments. */
const each =
  (one: (name: string, body: () => unknown) => void) =>
  (cases: readonly unknown[]) =>
  (title: string, body: Body): void => {
    for (const given of cases) {
      const all = Array.isArray(given) ? given : [given]
      one(titled(title, all), () => body(...(all as never[])))
    }
  }

function addSuite(name: string, body: () => unknown): void {
  if (configuration.leftOut.test(name)) return
  const outer = current
  current = suite(name)
  outer.children.push(current)
  body()
  current = outer
}

const addTest = (name: string, body: () => unknown) => void current.children.push({ name, body })

export const describe = Object.assign(addSuite, { each: each(addSuite) })
export const it = Object.assign(addTest, { each: each(addTest) })
export const beforeAll = (hook: () => unknown) => void current.before.push(hook)
export const afterAll = (hook: () => unknown) => void current.after.push(hook)
/** The one value that the configuration gives to tests. */
export const inject = (_: 'everyCase'): boolean => configuration.everyCase

/** Collects the tests of a file, and runs them until `timeIsOver` answers true. */
export async function runFile(load: () => Promise<unknown>, timeIsOver: () => boolean): Promise<Outcome> {
  const outcome: Outcome = { passed: 0, notRun: 0, failures: [] }
  const file = suite('')
  current = file
  await load()
  await runSuite(file, [], outcome, timeIsOver)
  return outcome
}

const testsIn = (node: Suite | Test): number =>
  'body' in node ? 1 : node.children.reduce((sum, child) => sum + testsIn(child), 0)

async function runSuite(
  { before, after, children }: Suite,
  names: readonly string[],
  outcome: Outcome,
  timeIsOver: () => boolean,
): Promise<void> {
  const all = { before, after, children }
  const fails = (name: string, fault: unknown) => {
    const message = (fault instanceof Error ? fault.message : String(fault)).slice(0, 400)
    outcome.failures.push({ name: [...names, name].join(' › '), message })
  }
  if (timeIsOver()) {
    outcome.notRun += testsIn({ name: '', ...all })
    return
  }
  try {
    for (const hook of before) await hook()
    for (const child of children)
      if (!('body' in child)) await runSuite(child, [...names, child.name], outcome, timeIsOver)
      else if (timeIsOver()) outcome.notRun++
      else
        try {
          await child.body()
          outcome.passed++
        } catch (fault) {
          fails(child.name, fault)
        }
    for (const hook of after) await hook()
  } catch (fault) {
    fails('a hook', fault)
  }
}
