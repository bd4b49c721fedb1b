/** The structures that kernels read. */
import { type Fields, Layout } from '../layout.ts'

/** All of them, by the name of the kernels' class. */
export const structures = new Map<string, Layout>()

export function structure<F extends Fields>(className: string, fields: F): Layout<F> {
  const layout = new Layout(fields)
  structures.set(className, layout)
  return layout
}
