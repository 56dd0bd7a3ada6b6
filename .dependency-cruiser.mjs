/**
 * Which room may know which. Imports run downwards only:
 *
 *   words <- contract <- files <- process <- gateway <- presets <- watcher        (the program outside)
 *                        process <- staging, rpc, transaction <- watcher
 *   contract <- files <- process <- staging, rpc, transaction <- link <- update <- services <- main.ts
 *   contract <- files <- process <- trust <- update                                         (and a program of its own)
 *   contract <- renderer                                                          (the app)
 *
 * A room not named in another's list is out of its reach. `testing` is for tests alone.
 */

/** The app's small services: they may use one another's plain parts, but never the watcher's rooms. */
const services = [
  'ipc',
  'lifecycle',
  'logging',
  'notify',
  'settings',
  'tray',
  'window',
  'diagnostics',
];

const ground = ['words', 'contract', 'files', 'process'];
/** What app and watcher say and leave to each other. */
const between = ['staging', 'rpc', 'transaction'];

/** Room -> the rooms it may import, besides itself. */
/** @type {Readonly<Record<string, readonly string[]>>} */
const roomsBelow = {
  words: [],
  contract: ['words'],
  files: ['words', 'contract'],
  process: ['words', 'contract', 'files'],
  gateway: ground,
  presets: [...ground, 'gateway'],
  staging: ground,
  rpc: ground,
  transaction: [...ground, 'gateway', 'staging'],
  notices: ['words', 'contract'],
  watcher: [...ground, 'gateway', 'presets', 'notices', ...between],
  link: [...ground, ...between],
  trust: ['contract', 'files', 'process'],
  update: [...ground, ...between, 'trust', 'link'],
  cli: [...ground, 'gateway', ...between, 'link'],
  'reference-gateway': ['contract', 'process'],
  front: ['contract'],
  ...Object.fromEntries(
    services.map((room) => [
      room,
      [
        ...ground,
        ...between,
        'notices',
        'link',
        'update',
        ...services.filter((other) => other !== room),
      ],
    ]),
  ),
};

const testFiles = '\\.test\\.tsx?$|^electron/testing/|/test/';

const rooms = Object.entries(roomsBelow).map(([room, allowed]) => ({
  name: `${room}-looks-down-only`,
  comment: `electron/${room} may import ${allowed.join(', ') || 'no other room'}.`,
  severity: 'error',
  from: { path: `^electron/${room}/`, pathNot: testFiles },
  to: { path: '^(electron|renderer)/', pathNot: `^electron/(${[room, ...allowed].join('|')})/` },
}));

/** Only the process room knows the operating system. */
const osRoom = '^electron/process/';
/** In it, these folders hold what differs from system to system; posix is what two of them share. */
const systems = ['linux', 'darwin', 'windows'];

/** @type {import('dependency-cruiser').IConfiguration['forbidden']} */
const processRoom = [
  {
    name: 'process-has-one-door',
    comment: 'Other rooms import electron/process/index.ts and no other file of it.',
    severity: 'error',
    from: { path: '^electron/', pathNot: `${osRoom}|${testFiles}` },
    to: { path: osRoom, pathNot: `${osRoom}index\\.ts$` },
  },
  {
    name: 'platform-interface-is-the-only-door',
    comment:
      'Only platform.ts knows the folders of the systems; all else goes through the interface.',
    severity: 'error',
    from: { path: `${osRoom}[^/]+\\.ts$`, pathNot: `${osRoom}platform\\.ts$|${testFiles}` },
    to: { path: `${osRoom}(posix|${systems.join('|')})/` },
  },
  ...systems.map((system) => ({
    name: `${system}-knows-no-other-system`,
    comment: `electron/process/${system} stands in for the others; it does not know them.`,
    severity: /** @type {const} */ ('error'),
    from: { path: `${osRoom}${system}/`, pathNot: testFiles },
    to: {
      path: `${osRoom}(${systems.filter((other) => other !== system).join('|')})/|${osRoom}(index|platform)\\.ts$`,
    },
  })),
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...rooms,
    ...processRoom,
    {
      name: 'app-never-imports-the-program-outside',
      comment: 'The app speaks to the watcher; it is not made of it.',
      severity: 'error',
      from: { path: '^electron/(app|main|preload)\\.ts$' },
      to: { path: '^electron/(watcher|gateway|reference-gateway|cli)/' },
    },
    {
      name: 'renderer-knows-contract-and-words-alone',
      severity: 'error',
      from: { path: '^renderer/', pathNot: testFiles },
      to: { path: '^electron/', pathNot: '^electron/(contract|words)/' },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: testFiles },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-imports-words-and-zod-alone',
      severity: 'error',
      from: { path: '^electron/contract/', pathNot: testFiles },
      to: { pathNot: '^electron/(contract|words)/|/zod/' },
    },
    {
      name: 'only-the-process-room-starts-programs',
      comment: 'Long-lived processes are started by spawnDetached, and nothing else is trusted.',
      severity: 'error',
      from: { path: '^(electron|renderer)/', pathNot: `${osRoom}|${testFiles}` },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'only-the-process-room-calls-the-system',
      severity: 'error',
      from: { path: '^(electron|renderer)/', pathNot: `${osRoom}|${testFiles}` },
      to: { path: '^koffi$|/koffi/' },
    },
    {
      name: 'electron-stays-in-the-app',
      comment: 'What runs outside runs on plain Node.',
      severity: 'error',
      from: {
        path: '^electron/(words|contract|files|process|gateway|notices|staging|rpc|transaction|watcher|link|cli|reference-gateway|front|trust)/',
      },
      to: { path: '^electron$|node_modules/electron' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing uses, and that uses nothing, is left over.',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.css$|^electron$' },
    },
    {
      name: 'product-never-imports-its-tests',
      severity: 'error',
      from: { path: '^(electron|renderer)/', pathNot: testFiles },
      to: { path: '^(e2e|bench|scripts|build)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // `import type` counts: a type that leaks upwards drags its meaning along.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
