/** Parts of the page's code. Each is fetched when it is first needed, and again where that failed. */
import { coded, errorOf } from './faults.ts'

/** What browsers say where a module does not arrive; a module that throws says something else. */
const missing = /dynamically imported module|importing a module script|preload css|module script failed/i

/** The fault of a part that did not arrive. `name` begins the sentence; `why` holds the address, if it is known. */
export const partFault = (name: string, why: string): Error =>
  coded('part', new Error(`${name} did not arrive: ${why}`))

/** Rejects with the code `part` where the part did not arrive. */
export async function loadPart<Part>(name: string, load: () => Promise<Part>): Promise<Part> {
  try {
    return await load()
  } catch (fault) {
    const { message } = errorOf(fault)
    throw missing.test(message) ? partFault(name, message) : fault
  }
}
