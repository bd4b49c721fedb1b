/** The tests that failed in one of several runs of vitest, told again at the end of all. */
import { existsSync, readFileSync } from 'node:fs'

/** What vitest's JSON reporter writes, as far as it is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Arguments with which a run writes its report there, beside what it prints. */
export const reporting = (file: string) => [
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${file}`,
]

const firstLines = (message: string) => message.split('\n').slice(0, 3).join('\n    ')

/** A paragraph for each failed test or file. */
export function failuresIn(file: string): string[] {
  if (!existsSync(file)) return []
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed')
    // a file that could not be run has a message of its own
    if (failed.length === 0 && message) return [`${name}\n    ${firstLines(message)}`]
    return failed.map(
      ({ fullName, failureMessages }) => `${name}: ${fullName}\n    ${firstLines(failureMessages[0] ?? '')}`,
    )
  })
}
