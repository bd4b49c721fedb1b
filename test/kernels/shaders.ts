/** All shaders, as the files in src/compute/webgpu declare them. */
import { Shader } from '../../src/compute/webgpu/shader.ts'

const files = import.meta.glob<object>(
  ['../../src/compute/webgpu/**/*.ts', '!../../src/compute/webgpu/build.ts'],
  { eager: true },
)

export const shaders = Object.values(files)
  .flatMap((file) => Object.values(file))
  .filter((value): value is Shader => value instanceof Shader)
