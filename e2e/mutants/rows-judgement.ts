/** Broken, one row of docs/faults.md each: how a gateway is looked at, and what it says of itself. */
import type { Mutant } from './types.ts';

const faults = 'electron/gateway/faults/judgement.test.ts';
const answers = 'electron/gateway/probes/untrusted-answers.test.ts';

export const judgementRows: readonly Mutant[] = [
  {
    name: 'container-port-held',
    harm: 'A gateway whose port a container serves is ended every 30 s as if its port were taken.',
    file: 'electron/gateway/health/monitor.ts',
    find: 'holder !== undefined && startedBefore(',
    replace: 'holder !== undefined || startedBefore(',
    guard: {
      file: faults,
      name: 'whose port is served by a program that came later, as a container’s, is left running',
    },
  },
  {
    name: 'asked-at-the-loopback-only',
    harm: 'A gateway that listens on one address of the machine is never ready, and ended for ever.',
    file: 'electron/gateway/probes/addresses.ts',
    find: 'if (own.length === 0) return;',
    replace: 'if (own.length >= 0) return;',
    guard: {
      file: faults,
      name: 'that listens on one address other than 127.0.0.1 is asked there, and no other program is',
    },
  },
  {
    name: 'minds-other-addresses',
    harm: 'A program on ::1 keeps a gateway from starting that wants only 127.0.0.1.',
    file: 'electron/gateway/probes/port-owner.ts',
    find: 'return portOwner({ ...claim, addresses: neededAddresses(profile) });',
    replace: 'return owner;',
    guard: {
      file: faults,
      name: 'that needs only 127.0.0.1 shares its port with a program on ::1',
    },
  },
  {
    name: 'silent-listener-killed',
    harm: 'A gateway that serves is killed for ever because its ready line never comes.',
    file: 'electron/gateway/health/judgement.ts',
    find: 'const sign = signOf(start);',
    replace: 'const sign = start.answer;',
    guard: {
      file: faults,
      name: 'because its output lacks a line is left running when its port answers',
    },
  },
  {
    name: 'late-answer-not-shown',
    harm: 'A gateway that answers 403 is late, and its answer is not shown.',
    file: 'electron/gateway/health/judgement.ts',
    find: 'if (answer !== null) return',
    replace: 'if (answer === null) return',
    guard: {
      file: faults,
      name: 'because it answers 403 is shown with that answer, and left running',
    },
  },
  {
    name: 'unready-one-proved',
    harm: 'An update is committed for a gateway that answers 503.',
    file: 'electron/gateway/proving.ts',
    find: "(state.status === 'degraded' && !state.unready)",
    replace: "state.status === 'degraded'",
    guard: { file: faults, name: 'is ready as soon as it is, and counts as proved only then' },
  },
  {
    name: 'busy-system-is-a-failure',
    harm: 'A full process table for a moment, and the gateway counts as one that can’t be started.',
    file: 'electron/gateway/machine/starts.ts',
    find: 'return event.busy ?',
    replace: 'return event.busy && !event.busy ?',
    guard: {
      file: 'electron/gateway/supervisor.test.ts',
      name: 'is started as soon as the system can, when it can’t at the moment',
    },
  },
  {
    name: 'any-number-is-busy',
    harm: 'A gateway reports 1e300 tasks, and the window shows no gateway any more.',
    file: 'electron/gateway/health/report.ts',
    find: 'Math.min(Math.ceil(count), maxWork)',
    replace: 'count',
    guard: { file: answers, name: 'said to be 1e300 is' },
  },
  {
    name: 'nested-without-end',
    harm: 'A health answer of 15,000 nested arrays ends the health checks of that gateway.',
    file: 'electron/gateway/probes/json-field.ts',
    find: 'isTooDeep(text) ? undefined : JSON.parse(text)',
    replace: 'JSON.parse(text)',
    guard: { file: answers, name: 'JSON that is nested too deeply is not read' },
  },
  {
    name: 'any-alias-followed',
    harm: 'What another program wrote beside a control socket decides who is asked.',
    file: 'electron/gateway/probes/control-socket.ts',
    find: 'isAbsolute(alias) && isSocket(alias) && isOurs(alias) ? alias : null',
    replace: 'alias',
    guard: { file: answers, name: 'that is a number leads to no port, and a relative one nowhere' },
  },
  {
    name: 'pattern-without-a-limit',
    harm: 'A pattern in a profile holds up the watcher for seconds, and all gateways with it.',
    file: 'electron/gateway/probes/line-pattern.ts',
    find: 'const limitMs = 100;',
    replace: 'const limitMs = 5_000;',
    guard: { file: answers, name: 'one that looks around as well blocks nothing' },
  },
];
