/** Broken: what app and watcher write for each other, and how they know each other. */
import type { Mutant } from './types.ts';

export const handoffMutants: readonly Mutant[] = [
  {
    name: 'journal-not-synced',
    harm: 'After a power cut nobody knows that a gateway had been stopped; it stays away.',
    file: 'electron/handoff/journal.ts',
    find: '        if (options.durable) fsyncSync(fd);\n',
    replace: '',
    guard: {
      file: 'electron/handoff/journal-durability.test.ts',
      name: 'has what it announces on the disk before append returns',
    },
  },
  {
    name: 'damaged-line-believed',
    harm: 'A torn or altered line of the journal decides what is stopped and started.',
    file: 'electron/handoff/journal.ts',
    find: 'if (checksum(body) !== line.slice(at + CRC_MARK.length, -2)) return undefined;',
    replace: '',
    guard: {
      file: 'electron/handoff/journal.test.ts',
      name: 'with any byte flipped believes nothing from there on',
    },
  },
  {
    name: 'older-token-accepted',
    harm: 'A watcher that was thought dead goes on with an update that another one carries.',
    file: 'electron/handoff/journal.ts',
    find: 'if (now.token > own || now.records.length !== seq) throw overtaken(file);',
    replace: '',
    guard: {
      file: 'electron/handoff/journal.test.ts',
      name: 'refuses a writer that was overtaken',
    },
  },
  {
    name: 'stale-lines-read',
    harm: 'What an overtaken watcher still wrote is taken for what happened.',
    file: 'electron/handoff/journal.ts',
    find: 'const stale = record !== undefined && record.token < token;',
    replace: 'const stale = false;',
    guard: {
      file: 'electron/handoff/journal.test.ts',
      name: 'makes readers skip what an overtaken writer still wrote',
    },
  },
  {
    name: 'pipes-are-read',
    harm: 'A pipe in the place of a file is taken for an empty one, or waited for.',
    file: 'electron/files/untrusted-file.ts',
    find: "if (!found.isFile()) throw refused(file, 'it is not a plain file');",
    replace: '',
    guard: {
      file: 'electron/files/untrusted-file.test.ts',
      name: 'of a pipe is refused at once, whoever asks and whatever for',
    },
  },
  {
    name: 'stale-mirror-gives-up',
    harm: 'A window that could not read the newer state once shows an old one for ever.',
    file: 'electron/link/mirror.ts',
    find: 'cancelRetry = clock.after(RETRY_MS, ask);',
    replace: '',
    guard: {
      file: 'electron/link/mirror.test.ts',
      name: 'a state that can’t be read is said to be old since then, asked for again, and then current',
    },
  },
  {
    name: 'foreign-files-read',
    harm: 'Another user of the machine writes the plan that our watcher carries out.',
    file: 'electron/files/untrusted-file.ts',
    find: 'if ((found.mode & WRITABLE_BY_OTHERS) !== 0)',
    replace: 'if (found.mode === 0)',
    guard: {
      file: 'electron/handoff/journal.test.ts',
      name: 'is not read when others may write to it',
    },
  },
  {
    name: 'plan-starts-anything',
    harm: 'A forged plan makes the watcher start a program of the forger’s choice.',
    file: 'electron/handoff/plan.ts',
    find: 'if (plan.launch.file !== plan.expected.appFile) {',
    replace: "if (plan.launch.file === '') {",
    guard: {
      file: 'electron/handoff/plan.test.ts',
      name: 'that starts another program is refused',
    },
  },
  {
    name: 'stage-outside-accepted',
    harm: 'A forged plan has a gateway started from a folder that was never verified.',
    file: 'electron/handoff/plan.ts',
    find: 'if (path.dirname(place) !== state.staged) {',
    replace: "if (place === '') {",
    guard: { file: 'electron/handoff/plan.test.ts', name: 'with a stage elsewhere is refused' },
  },
  {
    name: 'secrets-written-to-the-plan',
    harm: 'The tokens in the app’s environment lie on the disk after every update.',
    file: 'electron/handoff/launch-allow-list.ts',
    find: '    VARIABLES.has(name) ||',
    replace: "    name !== '' ||",
    guard: {
      file: 'electron/handoff/plan.test.ts',
      name: 'what a new app is started with is what is allowed, and no secret',
    },
  },
  {
    name: 'server-proof-not-checked',
    harm: 'The app takes orders from whoever sits at the watcher’s socket first.',
    file: 'electron/handoff/client.ts',
    find: "if (!proofMatches(prove(secret, 'server', mine, theirs.challenge), theirs.proof)) {",
    replace: "if (theirs.proof === '') {",
    guard: {
      file: 'electron/link/link.test.ts',
      name: 'finds out a server that does not know the secret before telling it anything',
    },
  },
  {
    name: 'old-file-lost-on-the-way-back',
    harm: 'An update that is put back leaves the new file, or none, in the app’s place.',
    file: 'electron/handoff/installed-file.ts',
    find: 'if (link !== undefined && link !== inode(names.appFile)) renameSync(names.oldLink, names.appFile);',
    replace: '',
    guard: {
      file: 'electron/handoff/installed-file.test.ts',
      name: 'the old file is back from after 3 steps',
    },
  },
  {
    name: 'manifest-not-compared',
    harm: 'A bundle that was altered on its way is staged, and run outside for ever.',
    file: 'electron/handoff/staging.ts',
    find: 'if (digest !== expected) {',
    replace: "if (digest === '') {",
    guard: {
      file: 'electron/handoff/staging.test.ts',
      name: 'refuses a source that is not what its manifest says, and leaves nothing behind',
    },
  },
  {
    name: 'silence-not-noticed',
    harm: 'The watcher hangs, and the window shows its last state for ever.',
    file: 'electron/handoff/client.ts',
    find: 'if (pings === PINGS) {',
    replace: 'if (pings < 0) {',
    guard: {
      file: 'electron/link/link.test.ts',
      name: 'says that a watcher does not answer',
    },
  },
  {
    name: 'older-protocol-spoken-to',
    harm: 'After an update the app talks to a watcher that does not understand it.',
    file: 'electron/link/link.ts',
    find: 'if (hello.protocol < PROTOCOL_VERSION) {',
    replace: 'if (hello.protocol < 0) {',
    guard: { file: 'electron/link/protocol.test.ts', name: 'an older watcher makes room' },
  },
  {
    name: 'newer-protocol-spoken-to',
    harm: 'An older app sends words of its own to a newer watcher, and shows what it can’t read.',
    file: 'electron/link/link.ts',
    find: 'if (hello.protocol > PROTOCOL_VERSION) {',
    replace: 'if (hello.protocol < 0) {',
    guard: { file: 'electron/link/protocol.test.ts', name: 'a newer watcher is left alone' },
  },
  {
    name: 'newer-watcher-pushed-aside',
    harm: 'Starting an older app puts an older watcher in the place of a newer one.',
    file: 'electron/link/link.ts',
    find: 'if (hello.protocol > PROTOCOL_VERSION) {',
    replace:
      'if (hello.protocol < 0) {\n    }\n    if (hello.protocol !== PROTOCOL_VERSION) {\n      const other = await ownStage();\n      const found = await launchWatcher({ state: folder, clock, stage: other, succeed: true });\n      return attach(found.connection);',
    guard: { file: 'electron/link/protocol.test.ts', name: 'a newer watcher is left alone' },
  },
];
