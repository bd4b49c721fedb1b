/** The code for lessons comes with the first lesson. */
import { loadPart } from '../../part.ts'

const load = () => loadPart('The code for lessons', () => import('./reading.ts'))

export async function loadLesson(...named: Parameters<Awaited<ReturnType<typeof load>>['readLesson']>) {
  return (await load()).readLesson(...named)
}
