/** Broken, one row of docs/faults.md each: looking for, fetching and carrying out an update. */
import type { Mutant } from './types.ts';

const recovery = 'electron/watcher/update/recovery.test.ts';

export const updateRows: readonly Mutant[] = [
  {
    name: 'words-taken-for-a-code',
    harm: 'A login page that mentions a certificate is reported as an expired certificate.',
    file: 'electron/update/feed-errors.ts',
    find: '/^net::(ERR_[A-Z0-9_]+)$/',
    replace: '/net::(ERR_[A-Z0-9_]+)$/',
    guard: {
      file: 'electron/update/feed-errors.test.ts',
      name: 'and never by what is written in it',
    },
  },
  {
    name: 'password-awaited',
    harm: 'A proxy that wants a password is reported as an update server that does.',
    file: 'electron/update/http-client.ts',
    find: 'isProxy ? 407 : 401',
    replace: 'isProxy ? 401 : 401',
    guard: {
      file: 'electron/update/http-client.test.ts',
      name: 'a question for a password (by a proxy: true) is an answer, and waits for no one',
    },
  },
  {
    name: 'slow-download-stalled',
    harm: 'A download that takes longer than a minute is called stalled while its bytes come.',
    file: 'electron/update/stall-watch.ts',
    find: 'cancel(); waitedMs',
    replace: 'void cancel; waitedMs',
    guard: {
      file: 'electron/update/feed.test.ts',
      name: 'of an honest server that tells no length, and is slow, is no stalled one',
    },
  },
  {
    name: 'damaged-download-kept',
    harm: 'A download that was damaged later is tried again as it is, in vain for ever.',
    file: 'electron/update/attempt.ts',
    find: 'if (await installer.isIntact(file, offer.sha512)) throw cause;',
    replace: 'throw cause;',
    guard: {
      file: 'electron/update/redownload.test.ts',
      name: 'damaged after its check, it is not installed, and Retry downloads it again',
    },
  },
  {
    name: 'damaged-cache-trusted',
    harm: 'A file that was damaged in the downloads folder is taken for the update.',
    file: 'electron/update/feed.ts',
    find: 'if (!first.cached || (await isIntact(first.path, offered?.sha512))) return first.path;',
    replace: 'if (first.path) return first.path;',
    guard: {
      file: 'electron/update/feed.test.ts',
      name: 'that is there already is not downloaded twice; damaged since, it is replaced',
    },
  },
  {
    name: 'bad-part-stops-the-window',
    harm: 'A feed with an endless size, and the whole window is stale.',
    file: 'electron/ipc/app-store.ts',
    find: 'return issues.length === 0 ? null : describeIssues({ issues });',
    replace: 'return null;',
    guard: {
      file: 'electron/ipc/ipc.test.ts',
      name: 'a part that can’t be published becomes a problem, and the others are published on',
    },
  },
  {
    name: 'control-characters-count-once',
    harm: 'A binary log is “too large to answer” for ever, and none of its lines is shown.',
    file: 'electron/rpc/frames.ts',
    find: 'JSON.stringify(items[from - 1])',
    replace: "Object.values(items[from - 1] ?? {}).join(',')",
    guard: {
      file: 'electron/rpc/frames.test.ts',
      name: 'an answer is cut until it fits: the newest lines stay',
    },
  },
  {
    name: 'raw-words-of-a-fault',
    harm: 'A fault of the program is answered with its raw words, paths and all.',
    file: 'electron/rpc/dispatch.ts',
    find: 'return { id, error: sentenceOf(error) };',
    replace: 'return { id, error: String(error) };',
    guard: {
      file: 'electron/rpc/dispatch.test.ts',
      name: 'answers a fault of the program with a sentence, and keeps its words for the log',
    },
  },
  {
    name: 'a-look-for-each-profile',
    harm: 'With 3,000 profiles the watcher reads all processes 9,000 times before it serves.',
    file: 'electron/watcher/registry.ts',
    find: 'withOneScan(() => { for (const profile of loaded.profiles) this.#setUp(profile); });',
    replace: 'for (const profile of loaded.profiles) this.#setUp(profile);',
    guard: {
      file: 'electron/watcher/many-profiles.test.ts',
      name: 'many profiles are opened with one scan of all processes',
    },
  },
  {
    name: 'switches-of-node-passed-on',
    harm: 'A watcher runs without checking certificates because the app’s terminal said so.',
    file: 'electron/process/environment.ts',
    find: "|| upper.startsWith('NODE_')",
    replace: "|| upper === 'NODE_'",
    guard: {
      file: 'electron/link/link.test.ts',
      name: 'a watcher inherits no switch of Node, and passes none to its gateways',
    },
  },
  {
    name: 'run-as-node-passed-on',
    harm: 'The app after an update is started as a bare Node, and shows no window.',
    file: 'electron/process/environment.ts',
    find: "'ELECTRON_RUN_AS_NODE',",
    replace: '',
    guard: {
      file: 'electron/link/link.test.ts',
      name: 'a watcher inherits no switch of Node, and passes none to its gateways',
    },
  },
  {
    name: 'unseen-watcher-is-none',
    harm: 'In a container the watcher’s process can’t be seen, and others are started without end.',
    file: 'electron/link/find-watcher.ts',
    find: '!knownToLive && !isAlive(endpoint.identity)',
    replace: '!isAlive(endpoint.identity)',
    guard: {
      file: 'electron/link/link.test.ts',
      name: 'finds a watcher whose process can’t be seen, in a container',
    },
  },
  {
    name: 'removed-lock-not-noticed',
    harm: 'The lock file is removed, and a second watcher looks after the same gateways.',
    file: 'electron/watcher/state-lock.ts',
    find: 'if (this.#held.isIntact()) return true;',
    replace: 'if (this.#held) return true;',
    guard: {
      file: 'electron/watcher/watcher.test.ts',
      name: 'takes its lock again when the file was removed',
    },
  },
  {
    name: 'inherited-appimage-believed',
    harm: '“Update now” replaces the program from whose terminal Holdfast was started.',
    file: 'electron/update/appimage-origin.ts',
    find: "return inside !== '' && !inside.startsWith('..') && !path.isAbsolute(inside);",
    replace: "return inside !== '';",
    guard: {
      file: 'electron/update/appimage-origin.test.ts',
      name: 'an app that inherited APPIMAGE from another program’s terminal never replaces',
    },
  },
  {
    name: 'attempts-by-the-clock',
    harm: 'A clock that was set back, and an older attempt counts as the newest.',
    file: 'electron/transaction/attempts.ts',
    find: 'newest === undefined ? 0 : Number(newest.slice(0, counterDigits))',
    replace: 'newest === undefined ? 0 : Date.now()',
    guard: {
      file: 'electron/transaction/attempts.test.ts',
      name: 'orders attempts by a counter, also after those that were named by a clock',
    },
  },
  {
    name: 'unreadable-attempt-in-the-way',
    harm: 'An attempt whose plan can’t be read keeps every later update from beginning.',
    file: 'electron/watcher/update/transaction.ts',
    find: 'const folder = this.#setAside(id);',
    replace: 'const folder = id ? null : this.#setAside(id);',
    guard: {
      file: recovery,
      name: 'an armed attempt whose plan can’t be read is set aside and reported, and blocks nothing',
    },
  },
  {
    name: 'failing-one-left-paused',
    harm: 'A gateway that was failing when Update was pressed is “paused for the update” for ever.',
    file: 'electron/watcher/update/gateways.ts',
    find: 'supervisor.endRelease(options);',
    replace: 'void options;',
    guard: {
      file: 'electron/watcher/update/wanted.test.ts',
      name: 'a gateway that was failing when the update stopped it is started as usual afterwards',
    },
  },
  {
    name: 'lost-receipt-stays-lost',
    harm: 'After a full disk at the end of an update, a new watcher does not show the result.',
    file: 'electron/watcher/update/recovery.ts',
    find: 'if (readReceipt(state, attempt)?.outcome === outcome) return null;',
    replace: 'if (outcome) return null;',
    guard: {
      file: recovery,
      name: 'a receipt that was lost with its watcher is written by the next one from the journal',
    },
  },
  {
    name: 'waits-for-the-watcher-at-log-off',
    harm: 'A watcher that does not answer holds up the end of the session.',
    file: 'electron/lifecycle/started-app.ts',
    find: 'clock.after(goodbyeMs, resolve)',
    replace: 'clock.after(goodbyeMs, () => undefined)',
    guard: {
      file: 'electron/lifecycle/lifecycle.test.ts',
      name: 'in the soak ends all the same when the watcher is silent, or does not know the word',
    },
  },
];
