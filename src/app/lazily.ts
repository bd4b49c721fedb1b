/** Loads a part that nobody waits for; where it does not arrive, the page says so and offers another try. */
import { loadPart } from '../part.ts'
import type { Notices } from './notices.ts'
import { partNotice } from './parts.ts'

export async function lazily<Part>(
  name: string,
  load: () => Promise<Part>,
  use: (part: Part) => void,
  notices: Notices,
): Promise<void> {
  try {
    use(await loadPart(name, load))
  } catch (fault) {
    notices.show(await partNotice(fault as Error, () => void lazily(name, load, use, notices)))
  }
}
