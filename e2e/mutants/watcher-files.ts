/** Broken: the watcher's files, which others read, remove, or leave half written. */
import type { Mutant } from './types.ts';

const attempts = 'electron/watcher/carry-attempts.test.ts';

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
  {
    name: 'attempts-never-pruned',
    harm: 'Every update leaves its folder behind for ever.',
    file: 'electron/watcher/carry-steps.ts',
    find: '  tidy(() => pruneAttempts(deps.state));\n',
    replace: '',
    guard: { file: attempts, name: 'leaves five attempts, its own among them, and one under way' },
  },
  {
    name: 'six-attempts-kept',
    harm: 'More is kept than is said.',
    file: 'electron/handoff/attempts.ts',
    find: 'const KEPT_ATTEMPTS = 5;',
    replace: 'const KEPT_ATTEMPTS = 6;',
    guard: { file: attempts, name: 'leaves five attempts, its own among them, and one under way' },
  },
  {
    name: 'live-attempt-pruned',
    harm: 'The journal of an update under way is removed, and nobody finishes it.',
    file: 'electron/handoff/attempts.ts',
    find: '    if (isUnfinished(state, attempt)) continue;\n',
    replace: '',
    guard: { file: attempts, name: 'leaves five attempts, its own among them, and one under way' },
  },
  {
    name: 'logs-by-other-flags',
    harm: 'Whoever puts a link in the place of a log has the watcher write to any file of its user.',
    file: 'electron/process/log-file.ts',
    find: "if (through === null) return openPlainFile(path, { owner: 'any' },",
    replace: "if (through === null) return openPlainFile(path, { owner: 'any', links: 'follow' },",
    guard: { file: 'electron/process/log-file.test.ts', name: 'follows no link' },
  },
];
