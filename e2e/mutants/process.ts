/** Broken: who a process is, how it is started, what is stopped, how files are written and read. */
import type { Mutant } from './types.ts';

export const processMutants: readonly Mutant[] = [
  {
    name: 'script-on-any-node',
    harm: 'A gateway of one Node is run on another one, which it does not support, for ever.',
    file: 'electron/process/search-path.ts',
    find: 'if (beside !== undefined) return joinSearchPaths(beside, path);',
    replace: '',
    guard: {
      file: 'electron/process/search-path.test.ts',
      name: 'leads a script to the interpreter beside it, also through links',
    },
  },
  {
    name: 'orders-not-passed-on',
    harm: 'Restart does nothing to a gateway that another supervisor keeps.',
    file: 'electron/process/linux/owner.ts',
    find: 'order: async (order) => writeOrder(control, letters[order]),',
    replace: 'order: async () => undefined,',
    guard: {
      file: 'electron/gateway/faults/owner.test.ts',
      name: 'is shown as such; orders go to its owner, and nothing is fought over',
    },
  },
  {
    name: 'start-marker-not-compared',
    harm: 'A reused pid counts as the gateway that died: it is adopted, waited for, stopped.',
    file: 'electron/process/identity.ts',
    find: 'return platform.startMarker(identity.pid) === identity.startedAt;',
    replace: 'return platform.startMarker(identity.pid) !== undefined;',
    guard: {
      file: 'electron/process/identity.test.ts',
      name: 'a reused pid is another process',
    },
  },
  {
    name: 'sleep-counts-as-time',
    harm: 'After a machine’s sleep everyone is late: draining gateways are killed, good updates undone.',
    file: 'electron/process/clock.ts',
    find: 'if (clock.now() - due <= Math.max(length, slackMs)) left -= length;',
    replace: 'left -= clock.now() - due + length;',
    guard: {
      file: 'electron/gateway/faults/time.test.ts',
      name: 'gives a starting gateway its time all the same',
    },
  },
  {
    name: 'end-of-others-unknown',
    harm: 'An adopted gateway that asks to be started again is counted as crashed.',
    file: 'electron/process/linux/exit-waiter.ts',
    find: 'if (status === undefined) return unknownExit;',
    replace: 'if (status !== -1) return unknownExit;',
    guard: {
      file: 'electron/gateway/ledger/adoption.test.ts',
      name: 'starts an adopted one again when it dies',
    },
  },
  {
    name: 'unverified-pid-signalled',
    harm: 'A stranger’s process is killed because it got a pid that was ours.',
    file: 'electron/process/linux/exit-waiter.ts',
    find: 'const same = startMarker(identity.pid) === identity.startedAt;',
    replace: 'const same = startMarker(identity.pid) !== undefined;',
    guard: {
      file: 'electron/process/stop-tree.test.ts',
      name: 'a process that is not the one meant is left alone',
    },
  },
  {
    name: 'grace-for-the-leader-alone',
    harm: 'The server behind a shell, a start script or npm is killed in the middle of its work.',
    file: 'electron/process/stop-tree.ts',
    find: 'if (exited) left = await passOn(stop, signalOf(graceful), grace);',
    replace: '',
    guard: {
      file: 'electron/gateway/stop/stop-family.test.ts',
      name: 'a shell that has more to do drains within the grace',
    },
  },
  {
    name: 'foreign-binary-read-by-a-shell',
    harm: 'A program for another processor is read by a shell: a syntax error in the log, and no cause named.',
    file: 'electron/process/linux/spawn.ts',
    find: 'if (found) throw new SpawnError(found.code, command, found.message);',
    replace: '',
    guard: {
      file: 'electron/process/why-not-started.test.ts',
      name: 'because it was made for another processor',
    },
  },
  {
    name: 'sweep-searches-once',
    harm: 'A child that is forked while a gateway is being killed lives on and holds its port.',
    file: 'electron/process/stop-tree.ts',
    find: 'await ends;',
    replace: 'await ends;\n    return [];',
    guard: {
      file: 'electron/process/stop-tree.test.ts',
      name: 'a child forked while the others are being killed is found by the next search',
    },
  },
  {
    name: 'nonce-carriers-forgotten',
    harm: 'What a dead gateway left behind holds its port, and the next one can’t start.',
    file: 'electron/process/linux/tree.ts',
    find: "const carries = nonce !== '' && readVariable(one.pid, nonceVariable) === nonce;",
    replace: 'const carries = false;',
    guard: {
      file: 'electron/process/stop-tree.test.ts',
      name: 'after the end of the root its nonce still leads to what it left behind',
    },
  },
  {
    name: 'runtime-switch-passed-on',
    harm: 'A new app that inherits ELECTRON_RUN_AS_NODE starts as a bare Node, without a window.',
    file: 'electron/process/environment.ts',
    find: "  'ELECTRON_RUN_AS_NODE',\n",
    replace: '',
    guard: {
      file: 'electron/process/environment.test.ts',
      name: 'our own programs see the rest, but not what belongs to this run',
    },
  },
  {
    name: 'environment-inherited',
    harm: 'A gateway sees the tokens and switches of the program that started it.',
    file: 'electron/process/posix/spawn.ts',
    find: "const env = spec.nonce === '' ? spec.env : { ...spec.env, [nonceVariable]: spec.nonce };",
    replace:
      'const env = Object.assign({ ...process.env, ...spec.env }, { [nonceVariable]: spec.nonce });',
    guard: {
      file: 'electron/process/spawn-detached.test.ts',
      name: 'the environment is complete: nothing of ours leaks',
    },
  },
  {
    name: 'descriptors-not-sealed',
    harm: 'A gateway holds the app’s files and its mounted image open, for ever.',
    file: 'electron/process/posix/spawn.ts',
    find: '    hooks.seal();\n',
    replace: '',
    guard: {
      file: 'electron/process/spawn-detached.test.ts',
      name: 'no descriptor leaks, not even one that we inherited ourselves',
    },
  },
  {
    name: 'lock-not-respected',
    harm: 'Two watchers look after one state folder and start every gateway twice.',
    file: 'electron/process/posix/lock.ts',
    find: 'if (flock(fd, exclusiveNow) !== 0) {',
    replace: 'if (flock(fd, exclusiveNow) > 0) {',
    guard: {
      file: 'electron/process/lock.test.ts',
      name: 'one holder at a time; the file names it; released means free',
    },
  },
  {
    name: 'breakaway-not-dropped',
    harm: 'Windows: in a job that forbids breaking away nothing can be started at all.',
    file: 'electron/process/windows/creation-flags.ts',
    find: 'const job = breakaway ? breakawayFromJob : 0;',
    replace: 'const job = breakawayFromJob;',
    guard: {
      file: 'electron/process/windows/escape.test.ts',
      name: 'the creation flags are the documented bits',
    },
  },
  {
    name: 'no-second-try-without-breakaway',
    harm: 'Windows: ERROR_ACCESS_DENIED ends the start instead of leading to the next rung.',
    file: 'electron/process/windows/escape.ts',
    find: 'if (first.error !== accessDenied)',
    replace: 'if (first.error !== 0)',
    guard: {
      file: 'electron/process/windows/escape.test.ts',
      name: 'where the job forbids breaking away',
    },
  },
  {
    name: 'windows-job-not-asked',
    harm: 'Windows: a watcher that is still in the app’s job counts as escaped and dies with it.',
    file: 'electron/process/windows/escape.ts',
    find: '  if (first.inJob !== true) return first;',
    replace: "  if (first.rung !== 'other-parent') return first;",
    guard: {
      file: 'electron/process/windows/escape.test.ts',
      name: 'in a job another parent is asked for',
    },
  },
  {
    name: 'shared-service-counts-as-escape',
    harm: 'A watcher in the app’s own systemd service is called safe, and ends with it.',
    file: 'electron/process/judge-escape.ts',
    find: 'if (vanishesWithApp(app.cgroup)) {',
    replace: 'if (app.cgroup === undefined) {',
    guard: { file: 'electron/process/judge-escape.test.ts', name: 'the same service ends as one' },
  },
  {
    name: 'unit-takes-its-children',
    harm: 'systemd ends every gateway together with the watcher that started it.',
    file: 'electron/process/linux/escape.ts',
    find: "'--property=KillMode=process',",
    replace: "'--property=KillMode=control-group',",
    guard: {
      file: 'electron/process/linux/systemd-run.test.ts',
      name: 'gets word for word, among the other settings, that the end of a unit ends none of its children',
    },
  },
  {
    name: 'unit-without-its-values',
    harm: 'A watcher that systemd starts knows neither its state folder nor its nonce.',
    file: 'electron/process/linux/escape.ts',
    find: 'const env = { ...Object.fromEntries(bus), ...spec.env, [nonceVariable]: spec.nonce };',
    replace: 'const env = Object.fromEntries(bus);',
    guard: {
      file: 'electron/process/linux/systemd-run.test.ts',
      name: 'starts what is then known',
    },
  },
  {
    name: 'a-linked-log-is-emptied',
    harm: 'A link in the place of a log: the file at its end is cut to nothing.',
    file: 'electron/files/log-file.ts',
    find: "if (through === null) return openPlainFile(path, { owner: 'any' }, { flags: flags[use] });",
    replace:
      "if (through === null) return openPlainFile(path, { owner: 'any', links: 'follow' }, { flags: flags[use] });",
    guard: {
      file: 'electron/gateway/logs/log.test.ts',
      name: 'is not read, waited for or cut when it is a link or a pipe',
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
      name: 'of a pipe is refused at once, for every caller and every use',
    },
  },
  {
    name: 'foreign-files-read',
    harm: 'Another user of the machine writes the plan that our watcher follows.',
    file: 'electron/files/untrusted-file.ts',
    find: 'if ((found.mode & writableByOthers) !== 0)',
    replace: 'if (found.mode === 0)',
    guard: {
      file: 'electron/transaction/journal.test.ts',
      name: 'is not read when others may write to it',
    },
  },
  {
    name: 'writes-not-durable',
    harm: 'After a power cut the user’s wish, the plan or the receipt is an empty file.',
    file: 'electron/files/durable-write.ts',
    find: '      writeAll(fd, data);\n      fsyncSync(fd);\n    } finally {',
    replace: '      writeAll(fd, data);\n    } finally {',
    guard: {
      file: 'electron/files/durable-write.test.ts',
      name: 'the bytes are on the disk before they get their name',
    },
  },
  {
    name: 'logs-by-other-flags',
    harm: 'A link in the place of a log makes the watcher write to any file of its user.',
    file: 'electron/files/log-file.ts',
    find: "if (through === null) return openPlainFile(path, { owner: 'any' },",
    replace: "if (through === null) return openPlainFile(path, { owner: 'any', links: 'follow' },",
    guard: { file: 'electron/files/log-file.test.ts', name: 'follows no link' },
  },
  {
    name: 'listen-pid-of-another',
    harm: 'A program that checks whether its socket was meant for it leaves it alone, and its clients wait for ever.',
    file: 'electron/process/posix/spawn.ts',
    find: `'LISTEN_PID=$$; export LISTEN_PID; exec "$@"'`,
    replace: `'LISTEN_PID=1; export LISTEN_PID; exec "$@"'`,
    guard: {
      file: 'electron/gateway/held-port.test.ts',
      name: 'is told to the gateway as systemd would: one descriptor, its pid, a name',
    },
  },
];
