/** Broken: what app and watcher write for each other, and what is staged. */
import type { Mutant } from './types.ts';

export const transactionMutants: readonly Mutant[] = [
  {
    name: 'database-copied-while-written-to',
    harm: 'A copy of a running gateway’s data is torn: its rehearsal, or what is put back, is broken.',
    file: 'electron/files/snapshot/sqlite.ts',
    find: 'return (await headerOf(file)).subarray(0, magic.length).equals(magic);',
    replace: 'return (await headerOf(file)).subarray(0, 0).equals(magic);',
    guard: {
      file: 'electron/files/snapshot/sqlite.test.ts',
      name: 'is copied as it was at one moment (wal)',
    },
  },
  {
    name: 'pinned-stage-collected',
    harm: 'The build that a gateway keeps to is removed while it is stopped, and the failed one starts.',
    file: 'electron/transaction/collect-staged.ts',
    find: 'return [...kept, ...(running ?',
    replace: 'return [...kept.slice(2), ...(running ?',
    guard: {
      file: 'electron/link/pinned-build.test.ts',
      name: 'is started again after kills of gateway and watcher',
    },
  },
  {
    name: 'stages-never-collected',
    harm: 'Every update leaves a hundred megabytes behind.',
    file: 'electron/transaction/collect-staged.ts',
    find: 'spare.slice(1)',
    replace: 'spare.slice(spare.length)',
    guard: {
      file: 'electron/link/pinned-build.test.ts',
      name: 'is started again after kills of gateway and watcher',
    },
  },
  {
    name: 'journal-not-synced',
    harm: 'After a power cut it is unknown that a gateway was stopped; it stays away.',
    file: 'electron/transaction/journal.ts',
    find: '        if (options.durable) fsyncSync(fd);\n',
    replace: '',
    guard: {
      file: 'electron/transaction/journal-durability.test.ts',
      name: 'an announced effect is on the disk before append returns',
    },
  },
  {
    name: 'damaged-line-believed',
    harm: 'A torn or altered line of the journal decides what is stopped and started.',
    file: 'electron/files/checked-line.ts',
    find: 'if (checksum(body) !== line.slice(at + mark.length, -2)) return undefined;',
    replace: '',
    guard: {
      file: 'electron/transaction/journal.test.ts',
      name: 'with any byte flipped counts for nothing from there on',
    },
  },
  {
    name: 'older-token-accepted',
    harm: 'A watcher that was thought dead goes on with an update that another one has taken over.',
    file: 'electron/transaction/journal.ts',
    find: 'if (now.token > own || now.records.length !== seq) throw overtaken(file);',
    replace: '',
    guard: {
      file: 'electron/transaction/journal.test.ts',
      name: 'refuses a writer that was overtaken',
    },
  },
  {
    name: 'stale-lines-read',
    harm: 'What an overtaken watcher still wrote is taken for what happened.',
    file: 'electron/transaction/journal.ts',
    find: 'const stale = record !== undefined && record.token < token;',
    replace: 'const stale = false;',
    guard: {
      file: 'electron/transaction/journal.test.ts',
      name: 'makes readers skip what an overtaken writer still wrote',
    },
  },
  {
    name: 'plan-starts-anything',
    harm: 'A forged plan makes the watcher start a program of the forger’s choice.',
    file: 'electron/transaction/plan.ts',
    find: 'if (plan.launch.file !== plan.expected.appFile) {',
    replace: "if (plan.launch.file === '') {",
    guard: {
      file: 'electron/transaction/plan.test.ts',
      name: 'that starts another program is refused',
    },
  },
  {
    name: 'stage-outside-accepted',
    harm: 'A forged plan has a gateway started from a folder that was never verified.',
    file: 'electron/transaction/plan.ts',
    find: 'if (path.dirname(folder) !== state.staged) {',
    replace: "if (folder === '') {",
    guard: { file: 'electron/transaction/plan.test.ts', name: 'with a stage elsewhere is refused' },
  },
  {
    name: 'secrets-written-to-the-plan',
    harm: 'The tokens in the app’s environment lie on the disk after every update.',
    file: 'electron/transaction/launch-allow-list.ts',
    find: '    passedVariables.has(name) ||',
    replace: "    name !== '' ||",
    guard: {
      file: 'electron/transaction/plan.test.ts',
      name: 'a new app is started with allowed arguments and variables only, and no secret',
    },
  },
  {
    name: 'old-file-lost-on-the-way-back',
    harm: 'An update that is rolled back leaves the new file, or none, in the app’s place.',
    file: 'electron/transaction/installed.ts',
    find: 'if (link !== undefined && link !== inode(names.appFile)) renameSync(names.oldLink, names.appFile);',
    replace: '',
    guard: {
      file: 'electron/transaction/installed.test.ts',
      name: 'after 3 steps the old file can be restored, also twice',
    },
  },
  {
    name: 'setup-run-from-anywhere',
    harm: 'Anyone who can write a plan makes the watcher run a program from any folder.',
    file: 'electron/transaction/plan.ts',
    find: 'if (path.dirname(expected.setupFile) !== state.attempt(plan.attempt).folder) {',
    replace: 'if (!path.isAbsolute(expected.setupFile)) {',
    guard: {
      file: 'electron/watcher/update/installer.test.ts',
      name: 'is run by no watcher, though it is the right program',
    },
  },
  {
    name: 'six-attempts-kept',
    harm: 'More is kept than is said.',
    file: 'electron/transaction/attempts.ts',
    find: 'const keptAttempts = 5;',
    replace: 'const keptAttempts = 6;',
    guard: {
      file: 'electron/watcher/update/attempts.test.ts',
      name: 'leaves five attempts, its own among them, and one under way',
    },
  },
  {
    name: 'live-attempt-pruned',
    harm: 'The journal of an update under way is removed, and the update is never finished.',
    file: 'electron/transaction/attempts.ts',
    find: '    if (isUnfinished(state, attempt)) continue;\n',
    replace: '',
    guard: {
      file: 'electron/watcher/update/attempts.test.ts',
      name: 'leaves five attempts, its own among them, and one under way',
    },
  },
  {
    name: 'altered-app-started',
    harm: 'What was written over the new version after its check is started.',
    file: 'electron/transaction/start-verified.ts',
    find: 'if (found.sha512 !== sha512) throw changed();',
    replace: '',
    guard: {
      file: 'electron/watcher/update/refusals.test.ts',
      name: 'a new version with other bytes than were verified is not started',
    },
  },
  {
    name: 'manifest-not-compared',
    harm: 'A bundle that was altered on its way is staged, and run outside for ever.',
    file: 'electron/staging/staging.ts',
    find: 'if (digest !== expected) {',
    replace: "if (digest === '') {",
    guard: {
      file: 'electron/staging/staging.test.ts',
      name: 'refuses a source that is not what its manifest says, and leaves nothing behind',
    },
  },
  {
    name: 'stage-exchanged-during-its-check',
    harm: 'A program that is exchanged while its runtime is being hashed is run.',
    file: 'electron/staging/staged.ts',
    find: '  stageUnchanged(marks);\n',
    replace: '',
    guard: { file: 'electron/link/launch.test.ts', name: 'while it was being checked is not run' },
  },
  {
    name: 'altered-bundle-started',
    harm: 'A gateway is replaced by something that was put into the staged folder.',
    file: 'electron/staging/staged.ts',
    find: '  verifyBundle(stage.bundle);\n',
    replace: '',
    guard: {
      file: 'electron/watcher/update/refusals.test.ts',
      name: 'a staged bundle that was altered replaces no gateway',
    },
  },
  {
    name: 'altered-runtime-started',
    harm: 'Gateways run on a runtime that is not the one we shipped.',
    file: 'electron/staging/staged.ts',
    find: '  await verifyRuntime(stage.runtime);\n',
    replace: '',
    guard: {
      file: 'electron/watcher/update/refusals.test.ts',
      name: 'a staged runtime that was altered replaces no gateway',
    },
  },
  {
    name: 'stowaway-staged',
    harm: 'A file that an enemy added to the staged folder stays, and can be loaded.',
    file: 'electron/staging/staged.ts',
    find: 'if (name !== manifestFile && manifest.files[name] === undefined) {',
    replace: 'if (name === null) {',
    guard: {
      file: 'electron/staging/staging.test.ts',
      name: 'replaces a folder that holds more than its manifest names',
    },
  },
];
