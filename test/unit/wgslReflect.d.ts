/** The package's entry for Node is no ECMAScript module, though it says so; its other file is one, and has no types. */
declare module 'wgsl_reflect/wgsl_reflect.module.js' {
  export * from 'wgsl_reflect'
}
