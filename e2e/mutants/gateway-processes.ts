/** Broken: how a gateway’s process is started, stopped, recorded and found again. */
import type { Mutant } from './types.ts';

export const gatewayProcessMutants: readonly Mutant[] = [
  {
    name: 'daemon-not-followed',
    harm: 'A command that goes to the background is started again for ever, beside its own daemon.',
    file: 'electron/gateway/stop/background.ts',
    find: 'return found.serving || (found.family.length > 0 && ranMs < helperWithinMs) ? found : null;',
    replace: 'return found.serving ? null : null;',
    guard: {
      file: 'electron/gateway/stop/ends.test.ts',
      name: 'is followed to its daemon, which is stopped like any other',
    },
  },
  {
    name: 'record-disowned',
    harm: 'A gateway that gives itself a title is a stranger to the next watcher, and its port is held.',
    file: 'electron/gateway/ledger/adoption.ts',
    find: 'if (!refusal) return {',
    replace: 'if (!refusal && findCarrier(profile, undefined, places)) return {',
    guard: {
      file: 'electron/gateway/ledger/adoption.test.ts',
      name: 'believes its own record, whatever the process shows of itself',
    },
  },
  {
    name: 'adopts-itself',
    harm: 'A watcher that got the gateway’s pid takes itself for the gateway and ends itself.',
    file: 'electron/gateway/ledger/adoption.ts',
    find: 'if (pid === process.pid) {',
    replace: 'if (pid < 0) {',
    guard: {
      file: 'electron/gateway/ledger/adoption.test.ts',
      name: 'never takes this very process for a gateway',
    },
  },
  {
    name: 'ledger-checksum-ignored',
    harm: 'Half a record is believed, and a gateway is sought where it never was.',
    file: 'electron/gateway/ledger/ledger.ts',
    find: "if (!sum || !body || rest !== '' || checksum(body) !== sum) {",
    replace: 'if (!sum || !body) {',
    guard: {
      file: 'electron/gateway/ledger/ledger.test.ts',
      name: 'is refused when it was cut at any byte',
    },
  },
  {
    name: 'held-port-kept-after-stop',
    harm: 'Clients of a stopped gateway wait for ever, and its port can’t be used by anything else.',
    file: 'electron/gateway/held-port.ts',
    find: 'if (!isExpected(model)) this.close();',
    replace: 'if (!isExpected(model)) return;',
    guard: {
      file: 'electron/gateway/held-port.test.ts',
      name: 'is closed when the user stops its gateway, and held again after a start',
    },
  },
  {
    name: 'held-port-is-proof',
    harm: 'A gateway that was given a socket and never takes a connection is called healthy.',
    file: 'electron/gateway/health/monitor.ts',
    find: "return owner.type === 'own' && !answered ? { type: 'none' } : owner;",
    replace: 'return answered ? owner : owner;',
    guard: {
      file: 'electron/gateway/held-port.test.ts',
      name: 'is no proof of health for a gateway that only says that it is ready',
    },
  },
  {
    name: 'stop-pipe-forgotten',
    harm: 'After the watcher was replaced, a gateway on Windows is cut off in the middle of its work.',
    file: 'electron/gateway/running-process.ts',
    find: 'stopPipe,\n    logKey,\n    wasReady,',
    replace: 'logKey,\n    wasReady,',
    guard: {
      file: 'electron/gateway/stop/stop-request.test.ts',
      name: 'by its pipe, also when a later watcher asks',
    },
  },
  {
    name: 'stops-any-holder-of-the-port',
    harm: 'Another program on the gateway’s port is asked to stop in its stead.',
    file: 'electron/gateway/stop/stop-request.ts',
    find: "if (owner.type !== 'own') throw",
    replace: "if (owner.type === 'leftover') throw",
    guard: {
      file: 'electron/gateway/stop/stop-request.test.ts',
      name: 'does not stop a stranger on its port',
    },
  },
  {
    name: 'a-taken-log-is-not-noticed',
    harm: 'Someone moves a log away: nothing is shown any more, and the unseen file grows for ever.',
    file: 'electron/gateway/logs/log-keeper.ts',
    find: 'if (writer === null || fileKeyOf(file) === writer.key)',
    replace: 'if (writer === null || writer.pid > 0)',
    guard: {
      file: 'electron/gateway/logs/log-keeper.test.ts',
      name: 'is known to the next watcher too',
    },
  },
  {
    name: 'orphan-adopted',
    harm: 'A child that the dead gateway left behind is taken for the gateway, which stays down.',
    file: 'electron/gateway/ledger/adoption.ts',
    find: 'nonce !== ended?.nonce && isNonceOf(',
    replace: 'isNonceOf(',
    guard: {
      file: 'electron/gateway/ledger/adoption.test.ts',
      name: 'does not take a child of the dead gateway for the gateway, and ends it',
    },
  },
  {
    name: 'run-spec-forgotten',
    harm: 'An edited port has a healthy gateway ended at the next update.',
    file: 'electron/gateway/running-process.ts',
    find: 'profile: terms ? withRunSpec(profile, terms) : profile,',
    replace: 'profile,',
    guard: {
      file: 'electron/gateway/ledger/adoption.test.ts',
      name: 'watches an adopted one as it was started, whatever its profile says by now',
    },
  },
  {
    name: 'stop-marker-not-written',
    harm: 'Hermes takes every stop for an accident, and ends with 1.',
    file: 'electron/gateway/stop/planned-stop.ts',
    find: 'writeDurable(file, JSON.stringify(marker));',
    replace: 'void marker;',
    guard: {
      file: 'electron/presets/hermes.test.ts',
      name: 'is stopped by the marker, so that it exits cleanly and leaves nothing',
    },
  },
  {
    name: 'one-look-speaks-for-all',
    harm: 'A gateway that hangs and whose state file says that it runs is shown to be well.',
    file: 'electron/gateway/external/watch.ts',
    find: 'this.#deps.onProblem(this.#problems.first());',
    replace:
      "this.#deps.onProblem(finding.type === 'well' ? null : this.#problems.first());\n    if (finding.type === 'hung') this.#onFinding('report', { type: 'well' });",
    guard: {
      file: 'electron/presets/hermes.test.ts',
      name: 'that hangs is left alone, and shown as such until it answers again',
    },
  },
  {
    name: 'lock-not-asked',
    harm: 'A second gateway is started beside the one that a terminal runs.',
    file: 'electron/gateway/external/external.ts',
    find: 'if (locked !== undefined && locked !== process.pid) return locked;',
    replace: '',
    guard: {
      file: 'electron/presets/hermes.test.ts',
      name: 'is known by its lock, watched, and run by Holdfast when it has ended',
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
      name: 'is stored although the disk of the log is full',
    },
  },
  {
    name: 'held-connections-forgotten',
    harm: 'Whoever connects while the gateway is away waits for a minute, and is then sent away.',
    file: 'electron/front/relay.ts',
    find: 'for (const { client } of waiting) if (client !== first.client) this.#reach(client);',
    replace: 'waiting.length = 0;',
    guard: {
      file: 'electron/front/front.test.ts',
      name: 'holds new connections while the gateway is away, and serves all of them afterwards',
    },
  },
  {
    name: 'front-left-behind',
    harm: 'A stopped gateway keeps its port for ever.',
    file: 'electron/watcher/fronts.ts',
    find: 'else if (!lives || isFronted) front?.want(null);',
    replace: '',
    guard: {
      file: 'electron/watcher/fronts.test.ts',
      name: 'frees its port when it is stopped, and answers there when it is started again',
    },
  },
];
