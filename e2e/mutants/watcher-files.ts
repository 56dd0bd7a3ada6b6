/** Broken: the watcher's files, which others read, remove, or leave half written. */
import type { Mutant } from './types.ts';

export const watcherFileMutants: readonly Mutant[] = [
  {
    name: 'drafts-not-swept',
    harm: 'Every watcher that is killed while it writes leaves a file behind, for ever.',
    file: 'electron/watcher/watch.ts',
    find: 'for (const written of [state.ledger, state.run, state.profiles]) sweepDrafts(written);',
    replace: 'sweepDrafts(state.staged);',
    guard: {
      file: 'electron/watcher/watcher.test.ts',
      name: 'sweeps away what one that was killed over a file left of it',
    },
  },
  {
    name: 'broken-profile-overwritten',
    harm: 'One click on “Add the built-in gateway” and the profile someone was working on is gone.',
    file: 'electron/watcher/registry.ts',
    find: 'if (!deps.profileExists(id)) return;',
    replace: 'return;',
    guard: {
      file: 'electron/watcher/profile-reload.test.ts',
      name: 'never overwrites a file that is no profile in force',
    },
  },
  {
    name: 'vanished-socket-not-put-back',
    harm: 'A cleaner of temporary folders makes the watcher unreachable for good.',
    file: 'electron/watcher/findable.ts',
    find: 'if (isSocketFile && !existsSync(endpoint.socket)) {',
    replace: 'if (!isSocketFile) {',
    guard: {
      file: 'electron/watcher/watcher.test.ts',
      name: 'listens again where its socket was',
    },
  },
];
