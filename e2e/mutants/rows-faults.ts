/** Broken, one of the fault rows F1 … of docs/faults.md each. */
import type { Mutant } from './types.ts';

const installer = 'electron/watcher/update/installer.test.ts';
const place = 'electron/gateway/faults/place.test.ts';
const stop = 'electron/gateway/faults/stop.test.ts';
const time = 'electron/gateway/faults/time.test.ts';
const preflight = 'electron/update/preflight.test.ts';

export const faultRows: readonly Mutant[] = [
  {
    name: 'torn-tail-kept',
    harm: 'After a power cut the journal goes on behind half a line, and nothing of it is believed.',
    file: 'electron/transaction/journal.ts',
    find: "if (content.damage !== 'none')",
    replace: "if (content.damage === 'damaged')",
    guard: {
      file: 'electron/transaction/journal.test.ts',
      name: 'goes on after a torn tail, at every place it can be torn',
    },
  },
  {
    name: 'installer-exit-code-ignored',
    harm: 'The installer says why it failed, and the receipt does not.',
    file: 'electron/watcher/update/installer.ts',
    find: '(exit.code !== null && exit.code !== 0)',
    replace: '(exit.code !== null && exit.code < 0)',
    guard: { file: installer, name: 'that fails [F3]' },
  },
  {
    name: 'hung-installer-runs-on',
    harm: 'An installer that hangs is given up and goes on replacing files.',
    file: 'electron/watcher/update/installer.ts',
    find: "await stopTree(identity, { graceMs: 0, graceful: 'none' }); return late(attempt, setup);",
    replace: 'return late(attempt, setup);',
    guard: { file: installer, name: 'that hangs: it is ended with everything it started' },
  },
  {
    name: 'killed-installer-not-said',
    harm: 'An installer is killed midway, and the receipt says nothing of it.',
    file: 'electron/watcher/update/installer.ts',
    find: 'exit.signal !== null || (',
    replace: '(',
    guard: { file: installer, name: 'that is killed [F6]' },
  },
  {
    name: 'failed-start-without-a-reason',
    harm: 'A watcher that can’t start says why, and the user reads “see the log”.',
    file: 'electron/link/launch.ts',
    find: 'return line?.slice(mark.length);',
    replace: 'return line && undefined;',
    guard: {
      file: 'electron/link/link.test.ts',
      name: 'keeps the old watcher when the new one cannot start, and says why',
    },
  },
  {
    name: 'deaf-one-asked-again',
    harm: 'A gateway that ignores the signal is asked again and again, and never ends.',
    file: 'electron/process/stop-tree.ts',
    find: "for (const one of running) trySignal(one, 'SIGKILL');",
    replace: "for (const one of running) trySignal(one, 'SIGTERM');",
    guard: { file: stop, name: 'and ignores it is killed when its grace is over' },
  },
  {
    name: 'drain-without-a-deadline',
    harm: 'A gateway drains, and the window does not say until when.',
    file: 'electron/gateway/machine/steps.ts',
    find: 'context.wall + graceMs',
    replace: 'context.wall',
    guard: {
      file: stop,
      name: 'may drain for as long as its profile says, visibly, and not a moment longer',
    },
  },
  {
    name: 'known-by-its-pid-alone',
    harm: 'The system gives a gateway’s pid to another process, which is taken for the gateway.',
    file: 'electron/process/identity.ts',
    find: 'platform.startMarker(identity.pid) === identity.startedAt',
    replace: 'platform.startMarker(identity.pid) !== undefined',
    guard: { file: 'electron/gateway/ledger/adoption.test.ts', name: 'refuses a recycled pid' },
  },
  {
    name: 'time-wait-is-a-holder',
    harm: 'A port in TIME_WAIT counts as held, and the gateway is down for a minute.',
    file: 'electron/process/linux/sockets.ts',
    find: 'if (fields[3] !== listening) continue;',
    replace: "if (fields[3] !== listening && fields[3] !== '06') continue;",
    guard: { file: stop, name: 'in TIME_WAIT delays nothing: the next start is immediate' },
  },
  {
    name: 'crash-loop-never-given-up',
    harm: 'A new gateway crashes at every start, and the old one is not restored for minutes.',
    file: 'electron/gateway/proving.ts',
    find: 'const maxTries = 3;',
    replace: 'const maxTries = 30;',
    guard: {
      file: place,
      name: 'after an update is given up after three tries, and the old one is restored',
    },
  },
  {
    name: 'error-500-is-ready',
    harm: 'An update is committed for a gateway that answers 500.',
    file: 'electron/gateway/health/readiness.ts',
    find: 'answer.status >= 200 && answer.status < 300;',
    replace: 'answer.status >= 200;',
    guard: {
      file: place,
      name: 'answers 500 is not proved, ends, and the old one can be restored',
    },
  },
  {
    name: 'failed-twice-forgotten',
    harm: 'New and old gateway fail, and it is forgotten that it was wanted.',
    file: 'electron/gateway/supervisor.ts',
    find: "machine.dispatch({ type: 'release', by: { cause: 'update' } }); await this.#untilStopped();",
    replace: "machine.dispatch({ type: 'stop' }); await this.#untilStopped();",
    guard: {
      file: place,
      name: 'and so does the old one: both are reported, nothing runs, and a repair brings it back',
    },
  },
  {
    name: 'no-room-for-the-stage',
    harm: 'An update begins although the disk has no room for the new watcher.',
    file: 'electron/update/preflight.ts',
    find: 'needRoom(free, state.root, stateRoomBytes + spareBytes);',
    replace: '',
    guard: {
      file: preflight,
      name: 'without room for the new file, or for its stage, names the disk and what is needed',
    },
  },
  {
    name: 'read-only-stage-found-late',
    harm: 'An update stops gateways, and only then finds that it may not write.',
    file: 'electron/update/preflight.ts',
    find: "needWritable(state.staged, 'Check its permissions, then try again.');",
    replace: '',
    guard: { file: preflight, name: 'that may not write to staged names the folder' },
  },
  {
    name: 'links-followed',
    harm: 'A link in the place of a state file, and another’s file is read and believed.',
    file: 'electron/files/untrusted-file.ts',
    find: 'flags | noWait | noFollow',
    replace: 'flags | noWait',
    guard: { file: 'electron/files/untrusted-file.test.ts', name: 'that is a link is refused' },
  },
  {
    name: 'start-waits-for-a-date',
    harm: 'The clock is set back ten years, and a crashed gateway is started in ten years.',
    file: 'electron/gateway/machine/runner.ts',
    find: "this.#deps.clock.after(ms, () => this.dispatch({ type: 'due' }))",
    replace: `this.#deps.clock.after(ms, () => {
      const { state } = this.model;
      if (state.status !== 'waiting' || Date.now() >= state.until) this.dispatch({ type: 'due' });
    })`,
    guard: { file: time, name: 'ten years ahead changes no delay, and no gateway' },
  },
  {
    name: 'two-updates-at-once',
    harm: 'Two apps of one user replace the same file at the same time.',
    file: 'electron/update/updater.ts',
    find: "if (!('release' in lock)) {",
    replace: "if ('refused' in lock) {",
    guard: { file: 'electron/update/updater.test.ts', name: 'another one under way' },
  },
  {
    name: 'update-at-log-off',
    harm: 'An update begins while the session ends, and is cut off in the middle.',
    file: 'electron/update/preflight.ts',
    find: 'if (facts.sessionEnding)',
    replace: 'if (facts.sessionEnding && !facts.connected)',
    guard: { file: 'electron/update/updater.test.ts', name: 'a session that ends' },
  },
  {
    name: 'crashed-page-stays-blank',
    harm: 'The window’s page crashes once, and the window is blank until the app is restarted.',
    file: 'electron/window/main-window.ts',
    find: 'recent.length <= maxReloads',
    replace: 'recent.length > maxReloads',
    guard: {
      file: 'electron/window/window.test.ts',
      name: 'a crashing page is loaded again three times a minute',
    },
  },
  {
    name: 'flood-kept-in-memory',
    harm: 'A gateway floods its log, and the watcher holds all of it in memory.',
    file: 'electron/gateway/logs/log-tail.ts',
    find: 'if (size - this.#position > maxStepBytes)',
    replace: 'if (size - this.#position < 0)',
    guard: {
      file: 'electron/gateway/logs/log.test.ts',
      name: 'skips a flood by whole lines, and reports it',
    },
  },
  {
    name: 'storm-at-full-speed',
    harm: 'A gateway that crashes is started thirty times in a second, then not for ten minutes.',
    file: 'electron/gateway/machine/backoff.ts',
    find: 'failures: failures + 1',
    replace: 'failures',
    guard: {
      file: time,
      name: 'of ten minutes costs 30 starts and 64 KB of our log, and goes on',
    },
  },
  {
    name: 'long-folder-for-a-socket',
    harm: 'With a long folder for temporary files no gateway can be asked to stop.',
    file: 'electron/process/runtime-folder.ts',
    find: 'Buffer.byteLength(folder) > longestPath - fileRoom',
    replace: 'Buffer.byteLength(folder) < 0',
    guard: { file: place, name: 'holds a gateway that starts, stops by its pipe and is adopted' },
  },
  {
    name: 'raised-watcher-starts',
    harm: 'Gateways run with the rights of an administrator because the app once did.',
    file: 'electron/watcher/options.ts',
    find: 'return raised() ?',
    replace: 'return raised() && !raised() ?',
    guard: {
      file: 'electron/watcher/options.test.ts',
      name: 'are refused with a sentence when they are raised, and only then',
    },
  },
  {
    name: 'stage-in-use-removed',
    harm: 'The build that a gateway runs from is removed under it.',
    file: 'electron/transaction/collect-staged.ts',
    find: 'name.startsWith(kind) && !used.has(name)',
    replace: 'name.startsWith(kind)',
    guard: {
      file: 'electron/staging/staging.test.ts',
      name: 'keeps what is in use and one to go back to',
    },
  },
];
