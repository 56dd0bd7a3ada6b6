/** The scenes of the gallery: one state and one view each. Development only, never built. */
import type { AppState } from '../../electron/contract/app-contract.ts';
import type { View } from '../store/view.ts';
import { reporting } from '../test/add-samples.ts';
import { manyGateways } from '../test/many-samples.ts';
import {
  appState,
  gateway,
  gatewayStates,
  identity,
  minute,
  receipt,
  richReceipt,
  second,
  updateStates,
} from '../test/samples.ts';
import { gatewayUpdates, versioned } from '../test/version-samples.ts';

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
  return {
    ...gatewayScenes(now),
    ...updateScenes(now),
    ...receiptScenes(now),
    ...logScenes(now),
    ...messageScenes(now),
    settings: { view: 'settings', state: appState(now) },
    add: { view: 'add', state: appState(now) },
    ...homeScenes(now),
    'gateway-history': { view: 'history', state: appState(now) },
    'gateway-settings': { view: 'profile', state: appState(now) },
    empty: { view: 'home', state: appState(now, { gateways: {} }) },
    loading: { view: 'status', state: null },
  };
}

type Scenes = Record<string, Scene>;

const brokenProfile: AppState['problems'][number] = {
  id: 'profile-broken.json',
  file: 'broken.json',
  problem: {
    message: 'broken.json can’t be used: the command is missing; the port must be a number.',
  },
};

function versionScenes(now: number): Scenes {
  const shown = (changes: Partial<AppState>): Scene => ({
    view: 'status',
    state: appState(now, { gateways: { reference: versioned(now) }, ...changes }),
  });
  const updates = gatewayUpdates(now);
  return {
    'gateway-version-offered': shown({}),
    ...Object.fromEntries(
      Object.entries(updates).map(([name, reference]) => [
        `gateway-version-${name}`,
        shown({ gatewayUpdates: { reference } }),
      ]),
    ),
  };
}

/** Home with few and many gateways, and as the sidebar shows them inside of one. */
function homeScenes(now: number): Scenes {
  const home = (gateways: AppState['gateways'], change: Partial<AppState> = {}): Scene => ({
    view: 'home',
    state: appState(now, { gateways, ...change }),
  });
  const lost = {
    status: 'lost',
    problem: { message: 'The background service ended unexpectedly.' },
  } as const;
  return {
    'home-1': home({ reference: gateway(now) }),
    'home-3': home(severalGateways(now)),
    'home-12': home(manyGateways(now, 12)),
    'home-50': home(manyGateways(now, 50)),
    'home-well': home(manyGateways(now, 2)),
    'home-broken': home({ reference: gateway(now) }, { problems: [brokenProfile] }),
    'home-lost': home(manyGateways(now, 12), { link: lost }),
    'inside-12': { ...home(manyGateways(now, 12)), view: 'status' },
  };
}

function gatewayScenes(now: number): Scenes {
  const states = gatewayStates(now);
  const status = (gateways: AppState['gateways']): Scene => ({
    view: 'status',
    state: appState(now, { gateways }),
  });
  const output = ['reading /etc/gateway.json', 'Error: no API key. Set GATEWAY_KEY.'];
  const lastExit = { code: 1, signal: null, at: now - 6 * second, reason: 'exit code 1', output };
  const startedAt = now - 40 * second;
  return {
    ...Object.fromEntries(
      Object.entries(states).map(([name, reference]) => [`gateway-${name}`, status({ reference })]),
    ),
    ...versionScenes(now),
    'gateway-last-output': status({ reference: { ...states.waiting, lastExit } }),
    several: status(severalGateways(now)),
    foreign: status({
      hermes: {
        id: 'hermes',
        name: 'Hermes',
        policy: 'keep',
        desired: 'running',
        state: {
          status: 'running',
          identity: identity(901),
          startedAt,
          readyAt: startedAt,
          adopted: true,
          proof: 'alive',
        },
        restarts: 12,
        logFile: '/home/alex/.config/Holdfast/logs/gateways/hermes.log',
      },
    }),
    reporting: status({ hermes: reporting(now) }),
  };
}

function updateScenes(now: number): Scenes {
  const states = updateStates(now);
  const update = (change: Partial<AppState>): Scene => ({
    view: 'update',
    state: appState(now, change),
  });
  return {
    ...Object.fromEntries(
      Object.entries(states).map(([name, one]) => [`update-${name}`, update({ update: one })]),
    ),
    'update-replacing': update({
      update: states['handed-over'],
      transaction: {
        attempt: '1763829000000-9f3c21ab',
        phase: 'replacing',
        fromVersion: '0.1.0',
        toVersion: '0.2.0',
        since: now - 2 * second,
        deadline: null,
        steps: [
          { name: 'prepared', at: now - 6 * second },
          { name: 'rehearsed', at: now - 4 * second, detail: 'reference' },
          { name: 'handed-over', at: now - 3 * second },
          { name: 'files-compared', at: now - 2_900 },
          { name: 'gateway-stopped', at: now - 2_800, detail: 'reference' },
        ],
      },
    }),
    'update-plan': update({ gateways: severalGateways(now), update: states.ready }),
    kept: update({ keptVersion: '0.0.9' }),
    confirming: update({
      transaction: {
        attempt: '1763829000000-9f3c21ab',
        phase: 'confirming',
        fromVersion: '0.1.0',
        toVersion: '0.2.0',
        since: now - 12 * second,
        deadline: now + 288 * second,
      },
    }),
    soaking: update({
      receipt: receipt(now),
      transaction: {
        attempt: '1763829000000-9f3c21ab',
        phase: 'soaking',
        fromVersion: '0.1.0',
        toVersion: '0.2.0',
        since: now - 12 * second,
        deadline: null,
      },
    }),
  };
}

function receiptScenes(now: number): Scenes {
  const undone = receipt(now, {
    outcome: 'put-back',
    problem: {
      message: 'The new gateway answered with build 0.1.0+9f3c21ab instead of 0.2.0+41d07e5c.',
      hint: 'The old version runs again. Try the update once more, or report this.',
    },
  });
  return {
    receipt: { view: 'update', state: appState(now, { receipt: receipt(now) }) },
    'receipt-rich': { view: 'update', state: appState(now, { receipt: richReceipt(now) }) },
    'receipt-put-back': { view: 'update', state: appState(now, { receipt: undone }) },
    'receipt-banner': { view: 'status', state: appState(now, { receipt: receipt(now) }) },
  };
}

function logScenes(now: number): Scenes {
  const several = appState(now, { gateways: severalGateways(now) });
  return {
    logs: { view: 'logs', state: appState(now), logRate: 40 },
    'logs-still': { view: 'logs', state: appState(now), logRate: 0 },
    'logs-fast': { view: 'logs', state: appState(now), logRate: 5_000 },
    'logs-several': { view: 'logs', state: several, logRate: 4 },
  };
}

/** Banners, and the question before quitting. */
function messageScenes(now: number): Scenes {
  const status = (change: Partial<AppState>): Scene => ({
    view: 'status',
    state: appState(now, change),
  });
  return {
    connecting: status({ gateways: {}, link: { status: 'connecting' } }),
    lost: status({
      link: {
        status: 'lost',
        problem: {
          message: 'The background service ended unexpectedly.',
          hint: 'A new one is being started.',
        },
      },
    }),
    problems: status({
      problems: [
        {
          id: 'disk',
          problem: {
            message: 'The disk holding your home folder is almost full (180 MB left).',
            hint: 'Logs are no longer kept until there is room again.',
          },
        },
        brokenProfile,
      ],
    }),
    quit: status({
      gateways: {
        reference: gateway(now),
        hermes: gateway(now - minute, { id: 'hermes', name: 'Hermes' }),
      },
      question: { type: 'quit', running: ['reference', 'hermes'] },
    }),
  };
}
