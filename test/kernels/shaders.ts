/** All shaders, as the files in src/compute/webgpu declare them. */
import { shaders as made } from '../../src/compute/webgpu/shader.ts'

// each file makes its own when it is loaded
import.meta.glob(['../../src/compute/webgpu/**/*.ts', '!../../src/compute/webgpu/build.ts'], { eager: true })

export const shaders: typeof made = made
