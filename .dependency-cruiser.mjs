/**
 * Which room may know which. Imports run downwards only:
 *
 *   contract <- files <- process <- gateway <- presets, handoff <- watcher       (the program outside)
 *   contract <- files <- process <- handoff <- link <- update <- services <- main.ts      (the app)
 *   contract <- renderer
 *
 * A room not named in another's list is out of its reach.
 */

/** The app's small services: they may use one another's plain parts, but never the watcher's rooms. */
const SERVICES = ['ipc', 'lifecycle', 'logging', 'settings', 'tray', 'window', 'diagnostics'];

/** Room -> the rooms it may import, besides itself. */
/** @type {Readonly<Record<string, readonly string[]>>} */
const ROOMS = {
  contract: [],
  files: ['contract'],
  process: ['contract', 'files'],
  gateway: ['contract', 'files', 'process'],
  presets: ['contract', 'files', 'process', 'gateway'],
  handoff: ['contract', 'files', 'process', 'gateway'],
  watcher: ['contract', 'files', 'process', 'gateway', 'presets', 'handoff'],
  link: ['contract', 'files', 'process', 'handoff'],
  update: ['contract', 'files', 'process', 'handoff', 'link'],
  cli: ['contract', 'files', 'process', 'handoff', 'link'],
  'reference-gateway': ['contract', 'process'],
  ...Object.fromEntries(
    SERVICES.map((room) => [
      room,
      [
        'contract',
        'files',
        'process',
        'handoff',
        'link',
        'update',
        ...SERVICES.filter((other) => other !== room),
      ],
    ]),
  ),
};

const TESTS = '\\.test\\.tsx?$|/test-[a-z-]+\\.ts$|/test/|/harness\\.ts$';

const rooms = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `${room}-looks-down-only`,
  comment: `electron/${room} may import ${allowed.join(', ') || 'no other room'}.`,
  severity: 'error',
  from: { path: `^electron/${room}/`, pathNot: TESTS },
  to: { path: '^(electron|renderer)/', pathNot: `^electron/(${[room, ...allowed].join('|')})/` },
}));

/** Only the process room knows the operating system. */
const OS_ROOM = '^electron/process/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...rooms,
    {
      name: 'app-never-imports-the-program-outside',
      comment: 'The app speaks to the watcher; it is not made of it.',
      severity: 'error',
      from: { path: '^electron/(main|preload)\\.ts$' },
      to: { path: '^electron/(watcher|gateway|reference-gateway|cli)/' },
    },
    {
      name: 'renderer-knows-the-contract-alone',
      severity: 'error',
      from: { path: '^renderer/', pathNot: TESTS },
      to: { path: '^electron/', pathNot: '^electron/contract/' },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: TESTS },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-imports-nothing-but-zod',
      severity: 'error',
      from: { path: '^electron/contract/', pathNot: TESTS },
      to: { pathNot: '^electron/contract/|/zod/' },
    },
    {
      name: 'only-the-process-room-starts-programs',
      comment: 'Long-lived processes are started by spawnDetached, and nothing else is trusted.',
      severity: 'error',
      from: { path: '^(electron|renderer)/', pathNot: `${OS_ROOM}|${TESTS}` },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'only-the-process-room-calls-the-system',
      severity: 'error',
      from: { path: '^(electron|renderer)/', pathNot: `${OS_ROOM}|${TESTS}` },
      to: { path: '^koffi$|/koffi/' },
    },
    {
      name: 'electron-stays-in-the-app',
      comment: 'What runs outside runs on plain Node.',
      severity: 'error',
      from: {
        path: '^electron/(contract|files|process|gateway|handoff|watcher|link|cli|reference-gateway)/',
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
      from: { path: '^(electron|renderer)/', pathNot: TESTS },
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
