/** Broken: one gateway's life. */
import type { Mutant } from './types.ts';

export const gatewayMutants: readonly Mutant[] = [
  {
    name: 'last-words-unheard',
    harm: 'A gateway that can’t start shows “exit code 1”, and the reason stands in a log nobody opens.',
    file: 'electron/gateway/driver.ts',
    find: 'if (output.length === 0) return;',
    replace: 'if (output.length >= 0) return;',
    guard: {
      file: 'electron/gateway/ends.test.ts',
      name: 'stand in its end and in the problem, also without a line end',
    },
  },
  {
    name: 'daemon-not-followed',
    harm: 'A command that goes to the background is started again for ever, beside its own daemon.',
    file: 'electron/gateway/background.ts',
    find: 'return found.serving || (found.family.length > 0 && ranMs < helperWithinMs) ? found : null;',
    replace: 'return found.serving ? null : null;',
    guard: {
      file: 'electron/gateway/ends.test.ts',
      name: 'is followed to its daemon, which is stopped like any other',
    },
  },
  {
    name: 'record-disowned',
    harm: 'A gateway that gives itself a title is a stranger to the next watcher, and its port is held.',
    file: 'electron/gateway/adoption.ts',
    find: 'if (!refusal) return {',
    replace: 'if (!refusal && findCarrier(profile, undefined, places)) return {',
    guard: {
      file: 'electron/gateway/adoption.test.ts',
      name: 'believes its own record, whatever the process shows of itself',
    },
  },
  {
    name: 'adopts-itself',
    harm: 'A watcher that got the gateway’s pid takes itself for the gateway and ends itself.',
    file: 'electron/gateway/adoption.ts',
    find: 'if (pid === process.pid) {',
    replace: 'if (pid < 0) {',
    guard: {
      file: 'electron/gateway/adoption.test.ts',
      name: 'never takes this very process for a gateway',
    },
  },
  {
    name: 'nonce-ignored',
    harm: '"Verified" is said of a gateway whose port someone else answers.',
    file: 'electron/gateway/status.ts',
    find: "if (status?.nonce && identity.nonce !== '' && status.nonce === identity.nonce) {",
    replace: 'if (status?.nonce) {',
    guard: {
      file: 'electron/gateway/status.test.ts',
      name: 'an answer with another nonce verifies nothing',
    },
  },
  {
    name: 'expected-build-ignored',
    harm: 'An update that left the old build running says that the new one is there.',
    file: 'electron/gateway/proving.ts',
    find: 'if (evidence.build === expectBuild) return null;',
    replace: 'if (evidence.build !== undefined) return null;',
    guard: {
      file: 'electron/gateway/resume.test.ts',
      name: 'refuses the wrong build with a sentence, and the old one can be put back',
    },
  },
  {
    name: 'backoff-without-a-cap',
    harm: 'After a night of failures a repaired gateway is started next week.',
    file: 'electron/gateway/backoff.ts',
    find: 'Math.min(firstDelayMs * 2 ** (failures - 1), maxDelayMs)',
    replace: 'firstDelayMs * 2 ** (failures - 1)',
    guard: {
      file: 'electron/gateway/backoff.test.ts',
      name: 'begins at once, doubles to 30 s and stays there',
    },
  },
  {
    name: 'backoff-never-forgets',
    harm: 'One crash a day, and after a week the gateway is away for half a minute each time.',
    file: 'electron/gateway/machine.ts',
    find: 'ladder: healthy ? afterHealth(before.ladder) : before.ladder,',
    replace: 'ladder: before.ladder,',
    guard: {
      file: 'electron/gateway/machine.test.ts',
      name: 'waits longer each time it fails, and begins anew after 60 s of service',
    },
  },
  {
    name: 'restart-storm',
    harm: 'A gateway that ends just after it counted as healthy is started without end.',
    file: 'electron/gateway/backoff.ts',
    find: 'delayMs: Math.max(base * (1 + jitterShare * random), budget),',
    replace: 'delayMs: base * (1 + jitterShare * random),',
    guard: {
      file: 'electron/gateway/backoff.test.ts',
      name: 'keeps to 30 starts in any 10 minutes',
    },
  },
  {
    name: 'exit-78-restarted',
    harm: 'A gateway that says "my configuration is wrong" is started again and again.',
    file: 'electron/gateway/machine.ts',
    find: 'if (exit.code !== null && exitCodes.fatal.includes(exit.code)) {',
    replace: 'if (exit.code !== null && exit.code < 0) {',
    guard: { file: 'electron/gateway/machine.test.ts', name: 'honours the exit contract' },
  },
  {
    name: 'wish-not-durable',
    harm: 'A watcher that dies now forgets that the user stopped the gateway, and it comes back.',
    file: 'electron/gateway/machine-steps.ts',
    find: "effects: [cancelTimer, saveNow, { type: 'end', identity, graceMs, doubtful }],",
    replace: "effects: [cancelTimer, save, { type: 'end', identity, graceMs, doubtful }],",
    guard: {
      file: 'electron/gateway/machine.test.ts',
      name: 'writes the wish down before it acts',
    },
  },
  {
    name: 'released-one-started',
    harm: 'A gateway is started from files that an installer is replacing at this moment.',
    file: 'electron/gateway/machine.ts',
    find: "if (state.status === 'released') return keep;",
    replace: '',
    guard: {
      file: 'electron/gateway/machine.test.ts',
      name: 'does not start what an update has released, whatever is asked',
    },
  },
  {
    name: 'hung-one-not-asked',
    harm: 'A gateway that was at work for too long loses what it could have written down.',
    file: 'electron/gateway/machine-steps.ts',
    find: "const graceMs = hears === 'deaf' ? 0 : context.graceMs;",
    replace: "const graceMs = hears === 'hears' ? context.graceMs : 0;",
    guard: {
      file: 'electron/gateway/machine.test.ts',
      name: 'asks what hangs with its grace, and kills at once only what can’t hear',
    },
  },
  {
    name: 'restart-of-its-own-killed',
    harm: 'A gateway that restarts itself in its process is killed in the middle of that.',
    file: 'electron/gateway/judgement.ts',
    find: 'if (refusedMs < limits.startTimeoutMs || lives) {',
    replace: 'if (refusedMs < 1_000) {',
    guard: {
      file: 'electron/gateway/faults/judgement.test.ts',
      name: 'and closes its port to restart itself is left alone until it is back',
    },
  },
  {
    name: 'work-not-seen',
    harm: 'A gateway that loads a model is killed in the middle of it, each time.',
    file: 'electron/gateway/judgement.ts',
    find: "if (life.works) return 'it is at work (it uses the processor or the disk)';",
    replace: '',
    guard: {
      file: 'electron/gateway/faults/judgement.test.ts',
      name: 'and computes for a while without an answer is at work, not hung',
    },
  },
  {
    name: 'late-one-killed',
    harm: 'A gateway that serves is killed once a minute because it answers 403.',
    file: 'electron/gateway/judgement.ts',
    find: 'if (seen !== null || worksStill) {',
    replace: 'if (worksStill) {',
    guard: {
      file: 'electron/gateway/judgement.test.ts',
      name: 'and answers',
    },
  },
  {
    name: 'port-holder-not-named',
    harm: 'Another program has the port, and the user is not told which.',
    file: 'electron/gateway/port-owner.ts',
    find: 'const who = owner.pid === 0 ?',
    replace: "const who = owner.pid > 0 ? 'another program' : owner.pid === 0 ?",
    guard: {
      file: 'electron/gateway/supervisor.test.ts',
      name: 'is named before a start, watched calmly, and taken when it is free',
    },
  },
  {
    name: 'ledger-checksum-ignored',
    harm: 'Half a record is believed, and a gateway is sought where it never was.',
    file: 'electron/gateway/ledger.ts',
    find: "if (!sum || !body || rest !== '' || checksum(body) !== sum) {",
    replace: 'if (!sum || !body) {',
    guard: {
      file: 'electron/gateway/ledger.test.ts',
      name: 'is refused when it was cut at any byte',
    },
  },
  {
    name: 'stop-pipe-forgotten',
    harm: 'After the watcher was replaced, a gateway on Windows is cut off in the middle of its work.',
    file: 'electron/gateway/living.ts',
    find: 'stopPipe: record?.stopPipe ?? null,',
    replace: 'stopPipe: null,',
    guard: {
      file: 'electron/gateway/stop-request.test.ts',
      name: 'by its pipe, also when a later watcher asks',
    },
  },
  {
    name: 'stops-whoever-has-the-port',
    harm: 'Another program on the gateway’s port is asked to stop in its stead.',
    file: 'electron/gateway/stop-request.ts',
    find: "if (owner.type !== 'own') throw",
    replace: "if (owner.type === 'leftover') throw",
    guard: {
      file: 'electron/gateway/stop-request.test.ts',
      name: 'does not stop a stranger on its port',
    },
  },
  {
    name: 'log-on-a-full-disk-kills',
    harm: 'The disk fills up, and the gateway dies of a line in its log.',
    file: 'electron/reference-gateway/main.ts',
    find: "stream.on('error', () => {});",
    replace: 'stream.uncork();',
    guard: {
      file: 'electron/reference-gateway/gateway.test.ts',
      name: 'what it says is lost on a full disk',
    },
  },
  {
    name: 'a-taken-log-is-not-noticed',
    harm: 'Someone moves a log away: nothing is shown any more, and the unseen file grows for ever.',
    file: 'electron/gateway/log-keeper.ts',
    find: 'if (writer === null || fileKeyOf(file) === writer.key)',
    replace: 'if (writer === null || writer.pid > 0)',
    guard: {
      file: 'electron/gateway/log-keeper.test.ts',
      name: 'is known to the next watcher too',
    },
  },
  {
    name: 'a-linked-log-is-emptied',
    harm: 'A link in the place of a log: the file at its end is cut to nothing.',
    file: 'electron/process/log-file.ts',
    find: "if (through === null) return openPlainFile(path, { owner: 'any' }, { flags: FLAGS[use] });",
    replace:
      "if (through === null) return openPlainFile(path, { owner: 'any', links: 'follow' }, { flags: FLAGS[use] });",
    guard: {
      file: 'electron/gateway/log.test.ts',
      name: 'is not read, waited for or cut when it is a link or a pipe',
    },
  },
  {
    name: 'a-terminal-obeys-a-log',
    harm: 'A stranger writes to a gateway, and the clipboard of its user is theirs.',
    file: 'electron/cli/logs.ts',
    find: 'put(plainText(text), open === true);',
    replace: 'put(text, open === true);',
    guard: { file: 'electron/cli/logs.test.ts', name: 'writes out what a terminal would obey' },
  },
];
