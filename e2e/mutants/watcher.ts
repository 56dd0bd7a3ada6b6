/** Broken: the watcher's door, and the update it carries through. */
import type { Mutant } from './types.ts';

export const watcherMutants: readonly Mutant[] = [
  {
    name: 'client-proof-not-checked',
    harm: 'Any program that finds the socket stops gateways and starts updates.',
    file: 'electron/watcher/connection.ts',
    find: 'if (!proof.success || !proofMatches(expected, proof.data.proof)) {',
    replace: 'if (!proof.success) {',
    guard: {
      file: 'electron/watcher/watcher.test.ts',
      name: 'refuses a client that does not know the secret',
    },
  },
  {
    name: 'request-not-parsed',
    harm: 'What a client sends reaches the handlers unread.',
    file: 'electron/watcher/dispatch.ts',
    find: 'const input = z.safeParse(contract.calls[call]?.input ?? z.never(), request.input);',
    replace:
      'const input = { success: true, data: request.input, error: new z.core.$ZodError([]) };',
    guard: { file: 'electron/watcher/parts.test.ts', name: 'refuses input that does not fit' },
  },
  {
    name: 'inherited-names-are-calls',
    harm: 'A client calls "constructor", and what an object inherits is run.',
    file: 'electron/watcher/dispatch.ts',
    find: 'return Object.hasOwn(contract.calls, name);',
    replace: 'return name in contract.calls;',
    guard: {
      file: 'electron/watcher/parts.test.ts',
      name: 'refuses what is not in the contract, inherited names included',
    },
  },
  {
    name: 'frames-without-a-cap',
    harm: 'One endless line fills the watcher’s memory, and every gateway loses its supervisor.',
    file: 'electron/handoff/frames.ts',
    find: 'if (bytes > cap) throw',
    replace: 'if (bytes > cap * 1e9) throw',
    guard: {
      file: 'electron/watcher/server.test.ts',
      name: 'hangs up on a request that is too long, and on one that is none',
    },
  },
  {
    name: 'exit-code-of-the-command-ignored',
    harm: 'A gateway’s own update fails, and the receipt says that it was updated.',
    file: 'electron/watcher/carry-command.ts',
    find: 'return exit.code === 0 ?',
    replace: 'return exit.code !== null ?',
    guard: {
      file: 'electron/watcher/carry-command.test.ts',
      name: 'one that ends with another code has failed',
    },
  },
  {
    name: 'forked-command-not-waited-for',
    harm: 'The gateway is started while its installer still replaces its files.',
    file: 'electron/watcher/carry-command.ts',
    find: '    await treeEnds(identity, deps);\n    return info;',
    replace: '    return info;',
    guard: {
      file: 'electron/watcher/carry-command.test.ts',
      name: 'one that leaves a child behind has ended when the child has',
    },
  },
  {
    name: 'exit-0-trusted',
    harm: 'A command says 0, its gateway stays away, and the update counts as done.',
    file: 'electron/watcher/carry-gateways.ts',
    find: 'const wanted = work.progress(id)?.planned.wasRunning ?? false;',
    replace: 'const wanted = false;',
    guard: {
      file: 'electron/watcher/carry.test.ts',
      name: 'because a gateway stays away after its update command said 0 goes back',
    },
  },
  {
    name: 'installed-file-not-compared',
    harm: 'Nothing was installed, and the old app is started as if it were the new one.',
    file: 'electron/watcher/carry-files.ts',
    find: 'if (found === expected) return;',
    replace: "if (found !== '') return;",
    guard: {
      file: 'electron/watcher/carry.test.ts',
      name: 'because nothing was installed is noticed, whatever the app said',
    },
  },
  {
    name: 'committed-before-the-soak',
    harm: 'The old version is deleted before the new gateways have lived through a minute.',
    file: 'electron/watcher/carry-machine.ts',
    find: "if (!state.soaked) return { do: 'soak' };",
    replace: '',
    guard: {
      file: 'electron/watcher/carry.test.ts',
      name: 'says "back" before the soak and is then open to a successor',
    },
  },
  {
    name: 'gateways-not-put-back',
    harm: 'An update that fails leaves the gateways stopped.',
    file: 'electron/watcher/carry-machine.ts',
    find: "if (away.length > 0) return { do: 'restore', ids: away };",
    replace: '',
    guard: {
      file: 'electron/watcher/carry.test.ts',
      name: 'the app may put everything back',
    },
  },
  {
    name: 'succeeded-in-the-middle',
    harm: 'A watcher gives its place away while it replaces gateways.',
    file: 'electron/watcher/succession-machine.ts',
    find: "return event.type === 'offered' && event.objection === null ? hand(event) : stay(state);",
    replace: "return event.type === 'offered' ? hand(event) : stay(state);",
    guard: {
      file: 'electron/watcher/succession-machine.test.ts',
      name: 'stays when something speaks against it',
    },
  },
  {
    name: 'proof-reflected',
    harm: 'A program without the secret sends the watcher’s own proof back, and is let in.',
    file: 'electron/contract/wire.ts',
    find: 'return `holdfast-1 $',
    replace: "role = 'client';\n  return `holdfast-1 $",
    guard: {
      file: 'electron/watcher/server.test.ts',
      name: 'does not take its own proof for a client’s',
    },
  },
  {
    name: 'other-users-admitted',
    harm: 'Another user of the machine gets as far as guessing at the secret.',
    file: 'electron/watcher/server.ts',
    find: 'if (user === undefined || user === process.getuid?.()) return true;',
    replace: 'if (user !== null) return true;',
    guard: {
      file: 'electron/watcher/server.test.ts',
      name: 'lets nobody of another user say a word',
    },
  },
  {
    name: 'strangers-without-bound',
    harm: 'A flood of connections takes the watcher’s descriptors, and no gateway can be started.',
    file: 'electron/watcher/server.ts',
    find: 'sockets.size >= MAX_CONNECTIONS || ',
    replace: '',
    guard: {
      file: 'electron/watcher/server.test.ts',
      name: 'has room for so many strangers and no more',
    },
  },
  {
    name: 'changed-profile-carried',
    harm: 'A command that was changed after the user agreed is what the update runs.',
    file: 'electron/watcher/carry.ts',
    find: 'return !supervisor || profileHash(supervisor.profile()) !== planned;',
    replace: 'return !supervisor || planned === undefined;',
    guard: {
      file: 'electron/watcher/carry-refusals.test.ts',
      name: 'for a profile that was changed after it was planned',
    },
  },
  {
    name: 'anyone-hands-over',
    harm: 'A second app ends the update that the first one is in the middle of.',
    file: 'electron/watcher/carry.ts',
    find: 'if (!sameProcess(app, attempt.plan.app)) {',
    replace: 'if (app === null) {',
    guard: {
      file: 'electron/watcher/carry-refusals.test.ts',
      name: 'nobody but the app that planned the update hands it over',
    },
  },
  {
    name: 'altered-app-started',
    harm: 'What was written over the new version after its check is started.',
    file: 'electron/watcher/carry-files.ts',
    find: 'if (digest !== appSha512) {',
    replace: "if (digest === '') {",
    guard: {
      file: 'electron/watcher/carry-refusals.test.ts',
      name: 'a new version with other bytes than were verified is not started',
    },
  },
  {
    name: 'altered-bundle-started',
    harm: 'A gateway is replaced by something that was put into the staged folder.',
    file: 'electron/watcher/carry-gateways.ts',
    find: '    verifyBundle(nextStage.bundle);',
    replace: '',
    guard: {
      file: 'electron/watcher/carry-refusals.test.ts',
      name: 'a staged bundle that was altered replaces no gateway',
    },
  },
  {
    name: 'altered-runtime-started',
    harm: 'Gateways run on a runtime that is not the one we shipped.',
    file: 'electron/watcher/carry-gateways.ts',
    find: '    await verifyRuntime(nextStage.runtime);',
    replace: '',
    guard: {
      file: 'electron/watcher/carry-refusals.test.ts',
      name: 'a staged runtime that was altered replaces no gateway',
    },
  },
  {
    name: 'hanging-app-waited-for',
    harm: 'An old app that hangs at its end keeps the new one away for ever.',
    file: 'electron/watcher/carry-steps.ts',
    find: 'if (late) await end(deps, handedOver);',
    replace: '',
    guard: {
      file: 'electron/watcher/carry-refusals.test.ts',
      name: 'an app that does not end after its hand-over is ended',
    },
  },
  {
    name: 'update-command-doubled',
    harm: 'Two installers of one gateway run at once.',
    file: 'electron/watcher/carry-gateways.ts',
    find: 'if (!command || !running || !isAlive(running)) return;',
    replace: 'if (running !== undefined) return;',
    guard: {
      file: 'electron/watcher/carry-refusals.test.ts',
      name: 'an update command of the watcher before is waited for, not doubled',
    },
  },
  {
    name: 'stowaway-staged',
    harm: 'A file that an enemy added to the staged folder stays, and can be loaded.',
    file: 'electron/handoff/staged.ts',
    find: 'if (name !== MANIFEST_FILE && manifest.files[name] === undefined) {',
    replace: 'if (name === null) {',
    guard: {
      file: 'electron/link/stage.test.ts',
      name: 'replaces a folder that holds more than its manifest names',
    },
  },
];
