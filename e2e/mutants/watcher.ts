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
];
