/** The structures that are declared in TypeScript are those that the kernels read. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js'
import { structures } from '../../src/compute/wasm/structure.ts'
import { shaders } from '../kernels/shaders.ts'

it('knows every shader that has an entry point, by the name of its file', () => {
  const files = readdirSync('shaders').filter((file) =>
    readFileSync(`shaders/${file}`, 'utf8').includes('@compute'),
  )
  expect(shaders.map(({ name }) => `${name}.wgsl`).toSorted()).toEqual(files.toSorted())
})

it.each(shaders)('$name has the fields that it is given', ({ source, layout }) => {
  // without the functions, of which the parser does not know every form
  const declarations = source.replace(/^(@compute.*?)?fn .*?^\}$/gms, '')
  const [uniform, ...others] = new WgslReflect(declarations).uniforms
  expect(others).toEqual([])
  expect([uniform.group, uniform.binding]).toEqual([0, 0])
  // the type of an array as it is written: array<vec4f, 6>
  const typeOf = (type: { name: string; format?: { name: string }; count?: number }) =>
    type.format && type.count ? `array<${type.format.name}, ${type.count}>` : type.name
  expect(layout.places).toEqual(
    uniform.members!.map(({ name, offset, type }) => ({ name, offset, type: typeOf(type) })),
  )
  expect(layout.size).toBe(Math.ceil(uniform.size / 16) * 16)
})

const classes = new Map(
  readdirSync('src/compute/wasm/kernels').flatMap((file) =>
    [
      ...readFileSync(`src/compute/wasm/kernels/${file}`, 'utf8').matchAll(
        /@unmanaged\n(?:export )?class (\w+) \{\n(.*?)\n\}/gs,
      ),
    ].map(([, name, body]) => [name, body]),
  ),
)

// each file makes its own when it is loaded
import.meta.glob(
  [
    '../../src/compute/wasm/**/*.ts',
    '!../../src/compute/wasm/kernels/**',
    '!../../src/compute/wasm/{build,member,spareWorker}.ts',
  ],
  { eager: true },
)
const layouts = [...structures]

it('finds the layouts of the CPU kernels', () => {
  expect(layouts.length).toBeGreaterThan(4)
})

it.each(layouts)('%s has the fields of the class of its name', (name, { places }) => {
  const body = classes.get(name)!
  const fields = [...body.matchAll(/^ {2}(\w+): (\w+)$/gm)].map(([, field, type]) => `${field}: ${type}`)
  expect(places.map((place) => `${place.name}: ${place.type}`)).toEqual(fields)
  // 32 bits each, without padding
  expect(places.map(({ offset }) => offset)).toEqual(fields.map((_, i) => 4 * i))
})
