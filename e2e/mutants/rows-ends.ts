/** Broken, one row of docs/faults.md each: why a gateway ended, which process it is, who else runs it. */
import type { Mutant } from './types.ts';

const ends = 'electron/gateway/stop/ends.test.ts';
const identity = 'electron/gateway/faults/identity.test.ts';

export const endRows: readonly Mutant[] = [
  {
    name: 'service-starter-not-named',
    harm: 'A command that only starts a service is a loop of “exit code 0”, without a reason.',
    file: 'electron/gateway/machine/exit-words.ts',
    find: 'if (times < timesUntilSaid) return null;',
    replace: 'if (times > 0) return null;',
    guard: {
      file: ends,
      name: 'a command that only starts a service is called that at the third time',
    },
  },
  {
    name: 'request-not-in-the-exit',
    harm: 'A gateway is stopped by a script, and its exit does not say that the command line did it.',
    file: 'electron/gateway/machine/exits.ts',
    find: "active.status === 'stopping' ? before.stopBy : event.by",
    replace: 'event.by',
    guard: {
      file: 'electron/gateway/machine/cause.test.ts',
      name: 'an exit that was asked for names the request',
    },
  },
  {
    name: 'old-kill-taken-for-lack-of-memory',
    harm: 'A gateway is killed by hand, and a worker that lacked memory an hour ago gets the blame.',
    file: 'electron/process/linux/memory-kills.ts',
    find: 'now() - this.#roseAt <= recentMs',
    replace: 'this.#roseAt >= 0',
    guard: {
      file: 'electron/process/linux/memory-kills.test.ts',
      name: 'an earlier kill in its group is not the cause of a later end',
    },
  },
  {
    name: 'own-stop-is-a-crash',
    harm: 'A gateway that its user stopped by its own command is started again.',
    file: 'electron/gateway/health/report.ts',
    find: 'state !== undefined && spec.stopped?.includes(state) === true',
    replace: 'false',
    guard: {
      file: ends,
      name: 'that says it was stopped by its own command is believed, and nothing is started',
    },
  },
  {
    name: 'any-state-file-believed',
    harm: 'The state file of another process says why this one ended.',
    file: 'electron/gateway/health/report.ts',
    find: 'fieldOf(json, spec.fields.pid) === process.identity.pid',
    replace: 'fieldOf(json, spec.fields.pid) !== process.identity',
    guard: { file: ends, name: 'of another process gives no reason for this exit' },
  },
  {
    name: 'unknown-end-is-a-crash',
    harm: 'An adopted gateway that asked to be started again counts as one that crashed.',
    file: 'electron/gateway/machine/exits.ts',
    find: 'asked: mayHaveAsked && exitCodes.restart.length > 0',
    replace: 'asked: mayHaveAsked && exitCodes.restart.length < 0',
    guard: {
      file: 'electron/gateway/machine/machine.test.ts',
      name: 'counts no crash when an adopted one may have asked for a start',
    },
  },
  {
    name: 'kernel-not-asked-for-the-end',
    harm: 'How an adopted gateway ended is never known, though the kernel tells it.',
    file: 'electron/process/linux/exit-waiter.ts',
    find: 'pidfdExitStatus(fd) ?? zombieStatus(identity) ?? pidfdExitStatus(fd)',
    replace: 'undefined',
    guard: {
      file: 'electron/process/exit-waiter.test.ts',
      name: 'reports how a process that is not our child ended, where the kernel shows it',
    },
  },
  {
    name: 'writer-of-the-log-not-sought',
    harm: 'A record is lost, and the gateway that runs is a stranger that holds its own port.',
    file: 'electron/gateway/ledger/adoption.ts',
    find: 'ledger === null ? leadersWritingTo(locations.logFile) : []',
    replace: 'ledger === null ? [] : []',
    guard: { file: identity, name: 'is found by the log that it writes when its record is lost' },
  },
  {
    name: 'running-one-called-ended',
    harm: 'A receipt says that a gateway ended by itself, and its process lives.',
    file: 'electron/watcher/update/receipt.ts',
    find: 'if (line.before && isAlive(line.before.identity)) { return unsupervisedLine(line, line.before, now); }',
    replace: '',
    guard: {
      file: 'electron/watcher/update/receipt.test.ts',
      name: 'another process is no sign that the one from before ended by itself',
    },
  },
  {
    name: 'answer-in-its-place-ignored',
    harm: 'The gateway runs already, started with other words, and is called “port held by node”.',
    file: 'electron/gateway/start-check.ts',
    find: 'answers ? findByPort(profile, launcher.locations) : null',
    replace: 'null',
    guard: {
      file: 'electron/gateway/faults/owner.test.ts',
      name: 'is known by its answer to the health check, named, and followed by ours when it ends',
    },
  },
  {
    name: 'supervisor-not-named',
    harm: 'Another supervisor runs the gateway, and the window says “run by node”.',
    file: 'electron/process/linux/owner.ts',
    find: '/\\bsupervisord\\b/.test(line)',
    replace: '/\\bsupervisord\\b/.test(name)',
    guard: { file: 'electron/process/owner.test.ts', name: 'is named' },
  },
  {
    name: 'rest-of-a-dead-gateway-kept',
    harm: 'The worker of a gateway that was killed while no watcher ran keeps its port for ever.',
    file: 'electron/gateway/stop/leftovers.ts',
    find: 'if (recorded && !isAlive(recorded)) void this.end(recorded);',
    replace: '',
    guard: {
      file: identity,
      name: 'while no watcher ran is ended by the next one, which then starts it',
    },
  },
];
