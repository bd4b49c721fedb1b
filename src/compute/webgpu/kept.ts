/** What was measured in an earlier visit. All of it can be lost or damaged at any time: then it is measured anew. */
import { inTime } from '../../inTime.ts'

/** Where measurements outlive the page. Both may reject, or never answer. */
export interface MeasurementStore {
  get(key: MeasurementKey): Promise<unknown>
  set(key: MeasurementKey, entry: unknown): Promise<unknown>
}

export type MeasurementKey = [adapter: string, operation: string]

export interface Measurement {
  /** Multiply-adds per second of each candidate, by its name. */
  readonly rates: Readonly<Record<string, number>>
  /** Multiply-adds of the trials. */
  readonly work: number
}

/** A driver or a browser that came later may prefer another one. */
const longestKept = 30 * 24 * 3600 * 1000
/** Longest wait in seconds: measuring takes less than a second, too. */
const longestReading = 1

/** A short name for all that was measured. */
async function versionOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export class Kept {
  constructor(
    private readonly store: MeasurementStore,
    private readonly key: MeasurementKey,
    /** The shader and the names of the candidates. */
    private readonly measured: { readonly source: string; readonly names: readonly string[] },
  ) {}

  private version(): Promise<string> {
    const { source, names } = this.measured
    return versionOf([...names, source].join('\n'))
  }

  /** Undefined where there is none that counts. */
  async read(): Promise<Measurement | undefined> {
    const reading = async () => this.understood(await this.store.get(this.key), await this.version())
    return inTime(reading(), 'no answer came', undefined, longestReading).catch(() => undefined)
  }

  private understood(entry: unknown, version: string): Measurement | undefined {
    const { names } = this.measured
    const { rates, work, time, version: its } = (entry ?? {}) as Record<string, unknown>
    const age = Date.now() - Number(time)
    const isPositive = (value: unknown) => Number.isFinite(value) && Number(value) > 0
    const all = Object.entries(rates ?? {})
    const counts =
      its === version &&
      age >= 0 &&
      age < longestKept &&
      isPositive(work) &&
      all.length > 0 &&
      all.every(([name, rate]) => names.includes(name) && isPositive(rate))
    return counts ? { rates: Object.fromEntries(all), work: Number(work) } : undefined
  }

  async write({ rates, work }: Measurement): Promise<void> {
    try {
      await this.store.set(this.key, { rates, work, time: Date.now(), version: await this.version() })
    } catch {
      // there is no room, or no permission: the next visit measures
    }
  }
}
