/** The rooms of the house: which files are one, and what they may import beside themselves. rooms.test.ts holds to it. */
export interface Room {
  readonly name: string
  /** The first room that matches has the file. */
  readonly files: RegExp
  /** Names of rooms, and of packages. */
  readonly imports: readonly string[]
}

/** What nearly every room may import. */
const shared = ['words']

export const rooms: readonly Room[] = [
  { name: 'start', files: /^src\/main\.ts$/, imports: ['app', 'app style', 'client', 'labs', 'stage'] },
  // errors with codes, threads, names of software adapters
  { name: 'words', files: /^src\/[^/]+\.ts$/, imports: ['comlink'] },

  { name: 'app style', files: /^src\/app\/.*\.css$/, imports: [] },
  // captions of a lecturer's own are rendered in the page; all others are when it is built
  {
    name: 'own captions',
    files: /^src\/app\/lesson\/(caption|markdown|formulas)\.ts$/,
    imports: [...shared, 'app', 'lab contract', 'katex', 'marked'],
  },
  {
    name: 'app',
    files: /^src\/app\//,
    imports: [
      ...shared,
      // a part that is loaded later brings its style
      ...['app style', 'own captions', 'client', 'lab contract', 'stage', 'compute contract', 'keeping'],
      // of which only the version
      ...[
        '@preact/signals-core',
        'lil-gui',
        'd3-format',
        'lean-qr',
        'lean-qr/extras/svg',
        'mediabunny',
        'package.json',
      ],
    ],
  },
  { name: 'stage', files: /^src\/stage\//, imports: [...shared, 'three', 'd3-format', 'd3-scale'] },

  // runs in Node, while the page is built
  {
    name: 'captions',
    files: /^src\/labs\/captions\.ts$/,
    imports: ['lab contract', 'katex', 'marked', 'vite', 'node:'],
  },
  {
    name: 'link pages',
    files: /^src\/labs\/linkPages\.ts$/,
    imports: ['captions', 'labs', 'lab contract', 'vite', 'node:'],
  },
  { name: 'labs', files: /^src\/labs\/index\.ts$/, imports: ['lab', 'lab contract'] },
  {
    name: 'lab contract',
    files: /^src\/labs\/([^/]+|common\/.*)$/,
    imports: [...shared, 'compute contract', 'stage', 'd3-format'],
  },
  {
    name: 'lab',
    files: /^src\/labs\/\w+\/index\.ts$/,
    imports: ['lab contract', 'lab view', 'lab work', 'data'],
  },
  {
    name: 'lab view',
    files: /^src\/labs\/.*\/(\w*[vV]iew\w*|\w*Handles|colours)\.ts$/,
    imports: [...shared, 'lab contract', 'lab work', 'stage', 'compute contract', 'd3-format'],
  },
  // a thread of a lab's own has a backend of its own, on the CPU
  {
    name: 'lab thread',
    files: /^src\/labs\/.*\/partWorker\.ts$/,
    imports: [...shared, 'lab work', 'lab contract', 'compute contract', 'wasm', 'data'],
  },
  // parameters, story, experiment, theory: neither DOM nor three.js
  {
    name: 'lab work',
    files: /^src\/labs\//,
    imports: [...shared, 'lab contract', 'lab thread', 'compute contract', 'data'],
  },

  {
    name: 'client',
    files: /^src\/engine\/(client|protocol|raceProtocol|pagePause|pulse)\.ts$/,
    imports: [...shared, 'engine', 'lab contract', 'compute contract'],
  },
  {
    name: 'engine',
    files: /^src\/engine\//,
    imports: [
      ...[...shared, 'client', 'lab contract', 'lab work', 'compute contract', 'webgpu', 'wasm'],
      'idb-keyval',
    ],
  },

  // beside the page: it answers for the server
  {
    name: 'service worker',
    files: /^src\/offline\/serviceWorker\.ts$/,
    imports: ['keeping', 'workbox-precaching', 'workbox-routing', 'workbox-strategies'],
  },
  {
    name: 'offline build',
    files: /^src\/offline\/build\.ts$/,
    imports: ['keeping', 'service worker', 'vite', 'node:'],
  },
  { name: 'keeping', files: /^src\/offline\//, imports: [] },

  // these run in Node, while the page is built
  { name: 'packing', files: /^src\/data\/pack(ing|[A-Z]\w*)\.ts$/, imports: ['data', 'node:'] },
  {
    name: 'kernel build',
    files: /^src\/compute\/(wasm|webgpu)\/build\.ts$/,
    imports: ['webgpu', 'assemblyscript', 'vite', 'node:'],
  },
  { name: 'data', files: /^src\/data\//, imports: [...shared, 'compute contract'] },

  { name: 'webgpu', files: /^src\/compute\/webgpu\//, imports: [...shared, 'compute contract', 'shaders'] },
  { name: 'wasm', files: /^src\/compute\/wasm\//, imports: [...shared, 'compute contract'] },
  { name: 'compute contract', files: /^src\/compute\//, imports: shared },
  { name: 'shaders', files: /^shaders\//, imports: [] },
]

/** What breaks the rules today, and why it may: to be dropped once the reason is gone. */
export const exceptions: readonly { readonly from: RegExp; readonly to: RegExp; readonly reason: string }[] =
  [
    {
      from: /^src\/labs\/init\/index\.ts$/,
      to: /^src\/labs\/training\/textChoice\.ts$/,
      reason: 'A text that is dropped on the first loss is for the training lab, where its story goes on.',
    },
  ]
