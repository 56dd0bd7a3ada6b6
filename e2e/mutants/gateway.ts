/** Broken: the states of a gateway, its health checks and its restarts. */
import type { Mutant } from './types.ts';

export const gatewayMutants: readonly Mutant[] = [
  {
    name: 'pinned-build-forgotten-by-the-next-watcher',
    harm: 'A build that failed is started again as soon as a watcher dies.',
    file: 'electron/gateway/takeover.ts',
    find: 'launcher.setPin(pin);',
    replace: 'launcher.setPin(null);',
    guard: {
      file: 'electron/link/pinned-build.test.ts',
      name: 'is started again after kills of gateway and watcher',
    },
  },
  {
    name: 'past-starts-forgotten-by-the-next-watcher',
    harm: 'A gateway that needs minutes to start loses an update to a limit that it could never meet.',
    file: 'electron/gateway/takeover.ts',
    find: 'machine.restore({ desired, restarts, pastStarts, lastExit });',
    replace: 'machine.restore({ desired, restarts, lastExit });',
    guard: {
      file: 'electron/gateway/ledger/adoption.test.ts',
      name: 'gives its next start as long as its past starts call for, under the next watcher too',
    },
  },
  {
    name: 'pin-lost-with-a-try-in-vain',
    harm: '“Try again” that fails leaves the gateway with the build that failed.',
    file: 'electron/gateway/supervisor.ts',
    find: 'if (this.#parts.launcher.pin && options.shipped && !options.pin) this.#parts.launcher.setShipped(null);',
    replace: '',
    guard: {
      file: 'electron/link/pinned-build.test.ts',
      name: 'stays when the one that Holdfast brings is tried again in vain',
    },
  },
  {
    name: 'pin-stays-on-record',
    harm: 'A gateway keeps to its old build for ever, with a stage that is never removed.',
    file: 'electron/gateway/supervisor.ts',
    find: '    launcher.setPin(null);\n    ledger.save();\n',
    replace: '    launcher.setPin(null);\n',
    guard: {
      file: 'electron/link/pinned-build.test.ts',
      name: 'goes at the user’s word when its gateway is stopped',
    },
  },
  {
    name: 'answering-loop-ended',
    harm: 'A gateway whose event loop says that it runs is killed because its other answers are late.',
    file: 'electron/gateway/health/judgement.ts',
    find: 'return askedEnough && known && !signs.loops;',
    replace: 'return askedEnough && known;',
    guard: {
      file: 'electron/presets/hermes.test.ts',
      name: 'is left running, silent and without a heartbeat',
    },
  },
  {
    name: 'last-words-unheard',
    harm: 'A gateway that can’t start shows “exit code 1”, and the reason is only in its log.',
    file: 'electron/gateway/process-control.ts',
    find: 'if (output.length === 0) return;',
    replace: 'if (output.length >= 0) return;',
    guard: {
      file: 'electron/gateway/stop/ends.test.ts',
      name: 'appear in its exit and in the problem, also without a line end',
    },
  },
  {
    name: 'nonce-ignored',
    harm: '"Verified" is said of a gateway whose port someone else answers.',
    file: 'electron/gateway/health/proof.ts',
    find: "if (status?.nonce && identity.nonce !== '' && status.nonce === identity.nonce) {",
    replace: 'if (status?.nonce) {',
    guard: {
      file: 'electron/gateway/health/proof.test.ts',
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
      name: 'refuses the wrong build with a sentence, and the old one can be restored',
    },
  },
  {
    name: 'backoff-without-a-cap',
    harm: 'After a night of failures a repaired gateway is started next week.',
    file: 'electron/gateway/machine/backoff.ts',
    find: 'Math.min(firstDelayMs * 2 ** (failures - 1), maxDelayMs)',
    replace: 'firstDelayMs * 2 ** (failures - 1)',
    guard: {
      file: 'electron/gateway/machine/backoff.test.ts',
      name: 'begins at once, doubles to 30 s and stays there',
    },
  },
  {
    name: 'backoff-never-forgets',
    harm: 'One crash a day, and after a week the gateway is away for half a minute each time.',
    file: 'electron/gateway/machine/exits.ts',
    find: 'backoff: healthy ? afterHealth(backoff) : backoff,',
    replace: 'backoff: backoff,',
    guard: {
      file: 'electron/gateway/machine/machine.test.ts',
      name: 'waits longer after each failure, and begins again after 60 s of service',
    },
  },
  {
    name: 'restart-storm',
    harm: 'A gateway that ends just after it counted as healthy is started without end.',
    file: 'electron/gateway/machine/backoff.ts',
    find: 'delayMs: Math.max(base * (1 + jitterShare * random), budget),',
    replace: 'delayMs: base * (1 + jitterShare * random),',
    guard: {
      file: 'electron/gateway/machine/backoff.test.ts',
      name: 'keeps to 30 starts in any 10 minutes',
    },
  },
  {
    name: 'exit-78-restarted',
    harm: 'A gateway that says "my configuration is wrong" is started again and again.',
    file: 'electron/gateway/machine/exits.ts',
    find: 'if (exit.code !== null && exitCodes.fatal.includes(exit.code)) {',
    replace: 'if (exit.code !== null && exit.code < 0) {',
    guard: { file: 'electron/gateway/machine/machine.test.ts', name: 'honours the exit contract' },
  },
  {
    name: 'desired-state-not-durable',
    harm: 'A watcher that dies now forgets that the user stopped the gateway, and it comes back.',
    file: 'electron/gateway/machine/steps.ts',
    find: "effects: [cancelTimer, saveNow, { type: 'end', identity, graceMs, mayNotHear }],",
    replace: "effects: [cancelTimer, save, { type: 'end', identity, graceMs, mayNotHear }],",
    guard: {
      file: 'electron/gateway/machine/machine.test.ts',
      name: 'writes the desired state down before it acts',
    },
  },
  {
    name: 'released-one-started',
    harm: 'A gateway is started from files that an installer is replacing at this moment.',
    file: 'electron/gateway/machine/intents.ts',
    find: "if (state.status === 'released') return desiredOnly;",
    replace: '',
    guard: {
      file: 'electron/gateway/machine/machine.test.ts',
      name: 'does not start what an update has released, whatever the user asks',
    },
  },
  {
    name: 'hung-one-not-asked',
    harm: 'A gateway that was at work for too long loses what it could have written down.',
    file: 'electron/gateway/machine/steps.ts',
    find: "const graceMs = canHear === 'no' ? 0 : context.graceMs;",
    replace: "const graceMs = canHear === 'yes' ? context.graceMs : 0;",
    guard: {
      file: 'electron/gateway/machine/machine.test.ts',
      name: 'gives a hung gateway its grace, and kills at once only what can’t hear',
    },
  },
  {
    name: 'restart-of-its-own-killed',
    harm: 'A gateway that restarts itself in its process is killed in the middle of that.',
    file: 'electron/gateway/health/judgement.ts',
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
    file: 'electron/gateway/health/judgement.ts',
    find: "if (signs.works) return 'it is at work (it uses the processor or the disk)';",
    replace: '',
    guard: {
      file: 'electron/gateway/faults/judgement.test.ts',
      name: 'and computes for a while without an answer is at work, not hung',
    },
  },
  {
    name: 'late-one-killed',
    harm: 'A gateway that serves is killed once a minute because it answers 403.',
    file: 'electron/gateway/health/judgement.ts',
    find: 'if (sign !== null || worksStill) {',
    replace: 'if (worksStill) {',
    guard: {
      file: 'electron/gateway/health/judgement.test.ts',
      name: 'and answers',
    },
  },
  {
    name: 'port-holder-not-named',
    harm: 'Another program has the port, and the message does not name it.',
    file: 'electron/gateway/probes/port-owner.ts',
    find: 'const who = owner.pid === 0 ?',
    replace: "const who = owner.pid > 0 ? 'another program' : owner.pid === 0 ?",
    guard: {
      file: 'electron/gateway/supervisor.test.ts',
      name: 'is named before a start, watched calmly, and taken when it is free',
    },
  },
  {
    name: 'last-word-ignored',
    harm: 'An adopted gateway that asked to be started again counts as crashed.',
    file: 'electron/gateway/machine/exits.ts',
    find: 'const byFile = exit.exitReport?.restart === true;',
    replace: 'const byFile = false;',
    guard: {
      file: 'electron/gateway/machine/machine.test.ts',
      name: 'believes a state file that asks for another start',
    },
  },
  {
    name: 'request-in-vain',
    harm: 'A gateway that only ever asks to be started again is shown as if all were well.',
    file: 'electron/gateway/machine/exits.ts',
    find: 'const inVain = model.servingSince === null && failures >= requestsInVain;',
    replace: 'const inVain = false && failures >= requestsInVain;',
    guard: {
      file: 'electron/gateway/machine/machine.test.ts',
      name: 'that asks for another start three times without being ready has failed, which its problem says',
    },
  },
  {
    name: 'heartbeat-ignored',
    harm: 'A wedged gateway without a port or a socket hangs for ever.',
    file: 'electron/gateway/health/health-checks.ts',
    find: 'if (heartbeat) startHeartbeatCheck(checks, heartbeat);',
    replace: '',
    guard: {
      file: 'electron/presets/hermes.test.ts',
      name: 'an older version without a socket is found to hang by its heartbeat',
    },
  },
  {
    name: 'silent-socket-is-well',
    harm: 'A wedged event loop behind an open control socket is never noticed.',
    file: 'electron/gateway/health/liveness.ts',
    find: "if (answer.type === 'refused') return this.#refused(asked);",
    replace:
      "if (answer.type === 'refused' || (answer.type === 'silent' && this.#liveness.type !== 'http')) return this.#refused(asked);",
    guard: {
      file: 'electron/presets/hermes.test.ts',
      name: 'a wedged event loop is found by its control socket',
    },
  },
  {
    name: 'restart-in-the-middle',
    harm: '"Restart when idle" interrupts the work it was meant to spare.',
    file: 'electron/gateway/health/health-control.ts',
    find: 'if (this.#report?.busy === 0)',
    replace: 'if (this.#report !== null)',
    guard: {
      file: 'electron/presets/hermes.test.ts',
      name: 'is restarted when it is idle, not in the middle of its work',
    },
  },
  {
    name: 'owner-fought',
    harm: 'What its service manager has stopped is started by us, and then runs twice.',
    file: 'electron/gateway/machine/external.ts',
    find: 'if (!state.owner.takesOrders) {\n    const problem',
    replace: '{\n    const problem',
    guard: {
      file: 'electron/gateway/machine/external.test.ts',
      name: 'waits for such an owner after its end, checks again, and never starts it itself',
    },
  },
];
