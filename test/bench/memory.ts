/**
 * Memory that a library takes, counted from outside and alike for all: every WebAssembly memory and every
 * WebGPU buffer made in this worker. Has to be called before the library is loaded.
 */
export interface MemoryCounter {
  /** Largest number of bytes held at one time since the last `restart`. */
  peak(): number
  restart(): void
}

export function countMemory(): MemoryCounter {
  const memories = new Set<WebAssembly.Memory>()
  const { Memory, Instance, instantiate, instantiateStreaming } = WebAssembly

  const exported = (instance: WebAssembly.Instance) => {
    for (const value of Object.values(instance.exports)) if (value instanceof Memory) memories.add(value)
  }
  // a library's memory is either made by its script or exported by its module
  WebAssembly.Memory = new Proxy(Memory, {
    construct(target, [descriptor]) {
      const memory = new target(descriptor)
      memories.add(memory)
      return memory
    },
  })
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, [module, imports]) {
      const instance = new target(module, imports)
      exported(instance)
      return instance
    },
  })
  const watched =
    (original: (...given: never[]) => Promise<unknown>) =>
    async (...given: unknown[]) => {
      const result = await original.apply(WebAssembly, given as never[])
      exported(
        result instanceof Instance ? result : (result as WebAssembly.WebAssemblyInstantiatedSource).instance,
      )
      return result
    }
  WebAssembly.instantiate = watched(instantiate) as typeof instantiate
  WebAssembly.instantiateStreaming = watched(instantiateStreaming) as typeof instantiateStreaming

  let held = 0
  let largest = 0
  if (typeof GPUDevice !== 'undefined') {
    const { createBuffer } = GPUDevice.prototype
    GPUDevice.prototype.createBuffer = function (descriptor) {
      const buffer = createBuffer.call(this, descriptor)
      held += buffer.size
      largest = Math.max(largest, held)
      const { destroy } = buffer
      let alive = true
      buffer.destroy = () => {
        if (alive) held -= buffer.size
        alive = false
        return destroy.call(buffer)
      }
      return buffer
    }
  }
  // a WebAssembly memory never shrinks, so its size now is its peak
  const linear = () => [...memories].reduce((bytes, memory) => bytes + memory.buffer.byteLength, 0)
  return {
    peak: () => largest + linear(),
    restart: () => {
      largest = held
    },
  }
}
