/** The scenes of the gallery: one state and one view each. Development only, never built. */
import type { AppState } from '../../electron/contract/app-contract.ts';
import type { View } from '../store/view.ts';
import { reporting } from '../test/add-samples.ts';
import {
  appState,
  gateway,
  gatewayStates,
  identity,
  MINUTE,
  receipt,
  richReceipt,
  SECOND,
  updateStates,
} from '../test/samples.ts';

export interface Scene {
  readonly state: AppState | null;
  readonly view: View;
  /** Log lines a second; 0 for a log that stands still. */
  readonly logRate?: number;
}

function severalGateways(now: number): AppState['gateways'] {
  const states = gatewayStates(now);
  return {
    reference: gateway(now),
    hermes: { ...states.waiting, id: 'hermes', name: 'Hermes', policy: 'release' },
    openclaw: { ...states.failed, id: 'openclaw', name: 'OpenClaw', policy: 'keep' },
    archive: { ...states.stopped, id: 'archive', name: 'A gateway with a rather long name' },
  };
}

export function scenes(now: number): Readonly<Record<string, Scene>> {
  const all: Record<string, Scene> = {};
  for (const [name, view] of Object.entries(gatewayStates(now))) {
    all[`gateway-${name}`] = {
      view: 'status',
      state: appState(now, { gateways: { reference: view } }),
    };
  }
  for (const [name, update] of Object.entries(updateStates(now))) {
    all[`update-${name}`] = { view: 'update', state: appState(now, { update }) };
  }
  const { waiting } = gatewayStates(now);
  const output = ['reading /etc/gateway.json', 'Error: no API key. Set GATEWAY_KEY.'];
  const lastExit = { code: 1, signal: null, at: now - 6 * SECOND, reason: 'exit code 1', output };
  all['gateway-last-output'] = {
    view: 'status',
    state: appState(now, { gateways: { reference: { ...waiting, lastExit } } }),
  };
  all.several = { view: 'status', state: appState(now, { gateways: severalGateways(now) }) };
  all['update-plan'] = {
    view: 'update',
    state: appState(now, { gateways: severalGateways(now), update: updateStates(now).ready }),
  };
  all.logs = { view: 'logs', state: appState(now), logRate: 40 };
  all['logs-still'] = { view: 'logs', state: appState(now), logRate: 0 };
  all['logs-fast'] = { view: 'logs', state: appState(now), logRate: 5_000 };
  all['logs-several'] = {
    view: 'logs',
    state: appState(now, { gateways: severalGateways(now) }),
    logRate: 4,
  };
  all.settings = { view: 'settings', state: appState(now) };
  all.receipt = { view: 'update', state: appState(now, { receipt: receipt(now) }) };
  all['receipt-rich'] = { view: 'update', state: appState(now, { receipt: richReceipt(now) }) };
  all['receipt-put-back'] = {
    view: 'update',
    state: appState(now, {
      receipt: receipt(now, {
        outcome: 'put-back',
        problem: {
          message: 'The new gateway answered with build 0.1.0+9f3c21ab instead of 0.2.0+41d07e5c.',
          hint: 'The old version runs again. Try the update once more, or report this.',
        },
      }),
    }),
  };
  all['receipt-banner'] = { view: 'status', state: appState(now, { receipt: receipt(now) }) };
  all.soaking = {
    view: 'update',
    state: appState(now, {
      receipt: receipt(now),
      carry: {
        attempt: '1763829000000-9f3c21ab',
        phase: 'soaking',
        fromVersion: '0.1.0',
        toVersion: '0.2.0',
        since: now - 12 * SECOND,
        deadline: null,
      },
    }),
  };
  all.lost = {
    view: 'status',
    state: appState(now, {
      link: {
        status: 'lost',
        problem: {
          message: 'The watcher ended unexpectedly.',
          hint: 'A new one is being started.',
        },
      },
    }),
  };
  all.problems = {
    view: 'status',
    state: appState(now, {
      trayNotice: true,
      problems: [
        {
          id: 'disk',
          problem: {
            message: 'The disk holding your home folder is almost full (180 MB left).',
            hint: 'Logs are no longer kept until there is room again.',
          },
        },
        {
          id: 'profile',
          problem: {
            message: 'The profile broken.json can’t be read: port: expected number.',
            hint: 'Correct the file; it is read again as soon as it is saved.',
          },
        },
      ],
    }),
  };
  all.quit = {
    view: 'status',
    state: appState(now, {
      gateways: {
        reference: gateway(now),
        hermes: gateway(now - MINUTE, { id: 'hermes', name: 'Hermes' }),
      },
      question: { type: 'quit', running: ['reference', 'hermes'] },
    }),
  };
  all.foreign = {
    view: 'status',
    state: appState(now, {
      gateways: {
        hermes: {
          id: 'hermes',
          name: 'Hermes',
          policy: 'keep',
          desired: 'running',
          state: {
            status: 'running',
            identity: identity(901),
            startedAt: now - 40 * SECOND,
            readyAt: now - 40 * SECOND,
            adopted: true,
            proof: 'alive',
          },
          restarts: 12,
          logFile: '/home/alex/.config/Holdfast/logs/gateways/hermes.log',
        },
      },
    }),
  };
  all.reporting = {
    view: 'status',
    state: appState(now, { gateways: { hermes: reporting(now) } }),
  };
  all.add = { view: 'add', state: appState(now) };
  all.empty = { view: 'status', state: appState(now, { gateways: {} }) };
  all.loading = { view: 'status', state: null };
  return all;
}
