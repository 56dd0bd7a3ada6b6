/** Broken: which programs are started, that their bytes are those that were verified, and what bounds them. */
import type { Mutant } from './types.ts';

const install = 'electron/watcher/carry-install.test.ts';
const launch = 'electron/link/launch.test.ts';
const unpack = 'electron/update/unpack-stage.test.ts';

export const startedProgramMutants: readonly Mutant[] = [
  {
    name: 'setup-run-from-anywhere',
    harm: 'Whoever can write a plan has the watcher run a program of any folder.',
    file: 'electron/handoff/plan.ts',
    find: 'if (path.dirname(expected.setupFile) !== state.attempt(plan.attempt).folder) {',
    replace: 'if (!path.isAbsolute(expected.setupFile)) {',
    guard: { file: install, name: 'is run by no watcher, though it is the very program' },
  },
  {
    name: 'setup-not-looked-at-again',
    harm: 'A Setup program that is exchanged after its check is run.',
    file: 'electron/watcher/carry-install.ts',
    find: '  verified.unchanged();\n',
    replace: '',
    guard: { file: install, name: 'that is exchanged between its last check and its start' },
  },
  {
    name: 'stage-not-looked-at-again',
    harm: 'A gateway that takes its time to stop leaves time to exchange the program that follows it.',
    file: 'electron/watcher/carry-gateways.ts',
    find: '  stageUnchanged(verified);\n',
    replace: '',
    guard: {
      file: 'electron/watcher/carry-refusals.test.ts',
      name: 'a staged program that was altered while the old gateway stopped is not started',
    },
  },
  {
    name: 'staged-watcher-not-verified',
    harm: 'Whatever was put into the staged folder runs outside the app, for good.',
    file: 'electron/link/launch.ts',
    find: '  await verifyStage(stage);\n',
    replace: '',
    guard: { file: launch, name: 'before the start is not run' },
  },
  {
    name: 'stage-exchanged-amid-its-check',
    harm: 'A program that is exchanged while its runtime is being hashed is run.',
    file: 'electron/handoff/staged.ts',
    find: '  stageUnchanged(marks);\n',
    replace: '',
    guard: { file: launch, name: 'while it was being checked is not run' },
  },
  {
    name: 'unpacked-without-a-bound',
    harm: 'A new version fills the disk that gateways write to.',
    file: 'electron/update/unpack-stage.ts',
    find: "if (isLarge()) resolve('large');\n      else cancelLook",
    replace: 'cancelLook',
    guard: { file: unpack, name: 'without an end is ended and refused' },
  },
  {
    name: 'unpacked-too-much-and-taken',
    harm: 'A new version that unpacks quickly to more than there is room for is staged.',
    file: 'electron/update/unpack-stage.ts',
    find: "exit !== 'late' && isLarge() ?",
    replace: "exit !== 'late' && exit === 'large' ?",
    guard: { file: unpack, name: 'to a file that only looks small is ended and refused' },
  },
  {
    name: 'unpacking-for-ever',
    harm: 'A new version that never ends unpacking holds the update up for good.',
    file: 'electron/update/unpack-stage.ts',
    find: "resolve('late')",
    replace: 'undefined',
    guard: { file: unpack, name: 'for too long is ended with all it started' },
  },
];
