/** Graphics that a processor computes in a GPU's place, by the names that such adapters and renderers give themselves. */
const names = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i

export const isSoftware = (name: string): boolean => names.test(name)
