/** A plain static server, as many hosts are: files of a folder below a path; no page for lost links. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

export interface StaticServer {
  /** Address of the folder, with a slash at its end. */
  readonly address: string
  close(): Promise<void>
}

/** `folder` says at every request which folder is served. `port` 0 is a free one. Without `headers` it adds none. */
export function serveFolder(
  folder: () => string,
  path: string,
  port = 0,
  headers: Readonly<Record<string, string>> = {},
): Promise<StaticServer> {
  const server = createServer(async ({ url = '' }, answer) => {
    const { pathname } = new URL(url, 'http://localhost')
    const name = pathname.slice(path.length) || 'index.html'
    try {
      if (!pathname.startsWith(path)) throw new Error('outside of the folder')
      const content = await readFile(join(folder(), name))
      answer.writeHead(200, {
        'Content-Type': types[extname(name)] ?? 'application/octet-stream',
        ...headers,
      })
      answer.end(content)
    } catch {
      answer.writeHead(404).end()
    }
  })
  return new Promise((resolve) => {
    server.listen(port, () =>
      resolve({
        address: `http://localhost:${(server.address() as AddressInfo).port}${path}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            server.closeAllConnections()
          }),
      }),
    )
  })
}
