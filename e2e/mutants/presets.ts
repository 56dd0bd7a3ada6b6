/** Broken: what makes Holdfast speak the gateways that people really run. */
import type { Mutant } from './types.ts';

const hermes = 'electron/presets/hermes.test.ts';

export const presetMutants: readonly Mutant[] = [
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
    name: 'orphan-adopted',
    harm: 'A child that the dead gateway left behind is taken for the gateway, which stays down.',
    file: 'electron/gateway/adoption.ts',
    find: 'nonce !== gone?.nonce && isNonceOf(',
    replace: 'isNonceOf(',
    guard: {
      file: 'electron/gateway/adoption.test.ts',
      name: 'does not take a child of the dead gateway for the gateway: it is ended, and one is started',
    },
  },
  {
    name: 'terms-forgotten',
    harm: 'An edited port has a healthy gateway ended at the next update.',
    file: 'electron/gateway/living.ts',
    find: 'profile: record?.terms ? onTerms(profile, record.terms) : profile,',
    replace: 'profile,',
    guard: {
      file: 'electron/gateway/adoption.test.ts',
      name: 'watches an adopted one as it was started, whatever its profile says by now',
    },
  },
  {
    name: 'stop-marker-not-written',
    harm: 'Hermes takes every stop for an accident, and ends with 1.',
    file: 'electron/gateway/planned-stop.ts',
    find: 'writeDurable(file, JSON.stringify(marker));',
    replace: 'void marker;',
    guard: {
      file: hermes,
      name: 'is stopped by the marker, so that it ends cleanly, and nothing is left',
    },
  },
  {
    name: 'last-word-ignored',
    harm: 'An adopted gateway that asked to be started again counts as crashed.',
    file: 'electron/gateway/machine.ts',
    find: 'const byFile = exit.told?.restart === true;',
    replace: 'const byFile = false;',
    guard: {
      file: 'electron/gateway/machine.test.ts',
      name: 'believes a state file that asks for another start',
    },
  },
  {
    name: 'request-in-vain',
    harm: 'A gateway that only ever asks to be started again is shown as if all were well.',
    file: 'electron/gateway/machine.ts',
    find: 'const inVain = model.servingSince === null && failures >= inVainTimes;',
    replace: 'const inVain = false && failures >= inVainTimes;',
    guard: {
      file: 'electron/gateway/machine.test.ts',
      name: 'that asks for another start three times without being ready has failed, and says so',
    },
  },
  {
    name: 'heartbeat-ignored',
    harm: 'A wedged gateway without a port or a socket hangs for ever.',
    file: 'electron/gateway/vitals.ts',
    find: 'if (heartbeat) ends.push(',
    replace: 'if (heartbeat && !heartbeat) ends.push(',
    guard: { file: hermes, name: 'an older one without a socket is seen to hang by its heartbeat' },
  },
  {
    name: 'silent-socket-is-well',
    harm: 'A wedged event loop behind an open control socket is never noticed.',
    file: 'electron/gateway/liveness.ts',
    find: "if (answer.type === 'refused') return this.#refused(asked);",
    replace:
      "if (answer.type === 'refused' || (answer.type === 'silent' && this.#liveness.type !== 'http')) return this.#refused(asked);",
    guard: { file: hermes, name: 'a wedged event loop is seen by its control socket' },
  },
  {
    name: 'one-look-speaks-for-all',
    harm: 'A gateway that hangs and whose state file says that it runs is shown to be well.',
    file: 'electron/gateway/elsewhere-watch.ts',
    find: 'watch.onProblem(complaints.first());',
    replace:
      "watch.onProblem(finding.type === 'well' ? null : complaints.first());\n    if (finding.type === 'hung') onFinding('report', { type: 'well' });",
    guard: {
      file: hermes,
      name: 'that hangs is left alone, and shown to hang until it answers again',
    },
  },
  {
    name: 'restart-in-the-middle',
    harm: '"Restart when idle" interrupts the work it was meant to spare.',
    file: 'electron/gateway/driver.ts',
    find: 'if (this.report?.busy === 0) this.dispatch',
    replace: 'if (this.report !== null) this.dispatch',
    guard: { file: hermes, name: 'is restarted when it is idle, not in the middle of its work' },
  },
  {
    name: 'lock-not-asked',
    harm: 'A second gateway is started beside the one that a terminal runs.',
    file: 'electron/gateway/elsewhere.ts',
    find: 'if (locked !== undefined && locked !== process.pid) return locked;',
    replace: '',
    guard: { file: hermes, name: 'is known by its lock, watched, and run by us when it has ended' },
  },
  {
    name: 'owner-fought',
    harm: 'What its service manager has stopped is started by us, and then runs twice.',
    file: 'electron/gateway/machine-elsewhere.ts',
    find: 'if (!state.owner.takesOrders) {\n    return goTo(',
    replace: '{\n    return goTo(',
    guard: {
      file: 'electron/gateway/machine-elsewhere.test.ts',
      name: 'gone, waits for such an owner, looks again, and never starts it itself',
    },
  },
  {
    name: 'orders-not-passed-on',
    harm: 'Restart does nothing to a gateway that another supervisor keeps.',
    file: 'electron/process/owner.ts',
    find: 'order: async (order) => tell(control, letters[order]),',
    replace: 'order: async () => undefined,',
    guard: {
      file: 'electron/gateway/faults/owner.test.ts',
      name: 'is shown as such; what is asked of it is asked of its owner, and nothing is fought over',
    },
  },
];
