/** Sample states for tests and the gallery: each one a whole, valid state of the app. */
import type { AppState } from '../../electron/contract/app-contract.ts';
import type { GatewayState, GatewayView } from '../../electron/contract/gateway.ts';
import type { Identity } from '../../electron/contract/identity.ts';
import type { Receipt } from '../../electron/contract/receipt.ts';
import { settingDefaults } from '../../electron/contract/setting-defaults.ts';
import type { UpdateState } from '../../electron/contract/update.ts';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;

export function identity(pid: number): Identity {
  return { pid, startedAt: String(pid * 100), nonce: pid.toString(16).padStart(32, 'a') };
}

/** A gateway that has been running for two hours and thirteen minutes. */
export function gateway(now: number, change: Partial<GatewayView> = {}): GatewayView {
  const startedAt = now - 2 * hour - 13 * minute - 4 * second;
  return {
    id: 'reference',
    name: 'Demo gateway',
    policy: 'swap',
    port: 18_790,
    desired: 'running',
    state: {
      status: 'running',
      identity: identity(48_213),
      startedAt,
      adopted: false,
      readyAt: startedAt + 300,
      proof: 'verified',
    },
    restarts: 0,
    build: '0.1.0+9f3c21ab',
    escape: { rung: 'setsid', proof: 'proven', detail: 'Own session 48213, own cgroup.' },
    logFile: '/home/alex/.config/Holdfast/logs/gateways/reference.log',
    lastEvent: 11,
    ...change,
  };
}

/** Every state a gateway can be in, by name. */
export function gatewayStates(now: number): Readonly<Record<GatewayState['status'], GatewayView>> {
  const alive = { identity: identity(48_213), startedAt: now - 4 * second, adopted: false };
  const ended = {
    lastExit: {
      code: null,
      signal: 'SIGKILL',
      at: now - 6 * second,
      reason: 'ended by SIGKILL',
    },
    restarts: 3,
  };
  return {
    running: gateway(now),
    stopped: gateway(now, {
      state: { status: 'stopped' },
      desired: 'stopped',
      lastExit: { code: 0, signal: null, at: now - 20 * minute, reason: 'stopped by you' },
    }),
    starting: gateway(now, { ...ended, state: { status: 'starting', ...alive, attempt: 2 } }),
    degraded: gateway(now, {
      state: {
        status: 'degraded',
        ...alive,
        startedAt: now - 40 * minute,
        readyAt: now - 40 * minute,
        problem: {
          message: 'Demo gateway has not answered its health check for 6 seconds.',
          hint: 'It is restarted by itself if it stays silent for 15 seconds.',
        },
      },
    }),
    stopping: gateway(now, {
      state: { status: 'stopping', ...alive, deadline: now + 8 * second, next: 'stop' },
    }),
    waiting: gateway(now, {
      ...ended,
      state: {
        status: 'waiting',
        until: now + 7 * second,
        attempt: 4,
        problem: {
          message: 'Demo gateway crashed (exit code 1): Error: no API key. Set GATEWAY_KEY.',
          hint: 'Its log says why; it is started again by itself.',
        },
      },
    }),
    released: gateway(now, { state: { status: 'released', since: now - 3 * second } }),
    external: {
      id: 'reference',
      name: 'Hermes',
      policy: 'keep',
      desired: 'running',
      state: {
        status: 'external',
        since: now - 3 * hour,
        owner: {
          type: 'systemd',
          name: 'systemd (hermes-gateway.service)',
          pid: 2_204,
          takesOrders: true,
        },
      },
      restarts: 0,
      logFile: '/home/alex/.config/Holdfast/logs/gateways/reference.log',
    },
    failed: gateway(now, {
      ...ended,
      state: {
        status: 'failed',
        problem: {
          message: 'Port 18790 is held by node (pid 3021).',
          hint: 'Stop it or choose another port in the profile.',
          fix: 'port',
        },
      },
    }),
  };
}

export function appState(now: number, change: Partial<AppState> = {}): AppState {
  return {
    app: {
      version: '0.1.0',
      buildId: '0.1.0+9f3c21ab',
      platform: 'linux',
      dark: false,
      language: 'en',
      logFolder: '/home/alex/.config/Holdfast/logs',
      launcher: '/home/alex/.config/Holdfast/bin/holdfast',
      launcherOnPath: null,
      home: '/home/alex',
    },
    link: {
      status: 'connected',
      watcher: {
        identity: identity(48_101),
        version: '0.1.0',
        buildId: '0.1.0+9f3c21ab',
        protocol: 1,
        startedAt: now - 26 * hour,
        escape: {
          rung: 'setsid',
          proof: 'proven',
          detail:
            'Session 48101 and cgroup differ from the app’s; nothing below the app’s mount is open.',
        },
      },
    },
    gateways: { reference: gateway(now) },
    problems: [],
    update: { status: 'up-to-date', checkedAt: now - 5 * minute },
    keptVersion: null,
    updateHeldUp: null,
    transaction: null,
    receipt: null,
    gatewayUpdates: {},
    settings: {
      schema: 1,
      ...settingDefaults,
      undoneUpdate: null,
      trayNoticeShown: true,
      selectedGateway: null,
      gatewayOrder: [],
    },
    question: null,
    tray: true,
    ...change,
  };
}

const offer = {
  version: '0.2.0',
  notes: `## Faster, calmer

- A gateway starts **twice as fast** after a crash.
- Logs keep their colours; search them with \`Ctrl+F\`.
- A port that is taken is now reported with the *name* of the program that holds it, see [the guide](https://holdfast.example/ports).

Thanks to everyone who sent reports.`,
  size: 128_400_000,
};

/** Every state an update can be in, by name. */
export function updateStates(now: number): Readonly<Record<UpdateState['status'], UpdateState>> {
  return {
    unavailable: {
      status: 'unavailable',
      problem: {
        message: 'Holdfast was installed from a package, so your package manager updates it.',
        hint: 'Run “sudo apt upgrade holdfast”, or use the AppImage, which updates itself.',
      },
    },
    idle: { status: 'idle', checkedAt: null },
    checking: { status: 'checking' },
    'up-to-date': { status: 'up-to-date', checkedAt: now - 5 * minute },
    available: { status: 'available', ...offer },
    downloading: {
      status: 'downloading',
      ...offer,
      transferred: 54_200_000,
      total: 128_400_000,
      rate: 6_340_000,
    },
    paused: { status: 'paused', ...offer, transferred: 54_200_000, total: 128_400_000 },
    ready: { status: 'ready', ...offer },
    preparing: { status: 'preparing', ...offer },
    releasing: { status: 'releasing', ...offer, deadline: now + 9 * second },
    held: {
      status: 'held',
      ...offer,
      holders: [
        { pid: 7_120, name: 'Visual Studio Code' },
        { pid: 7_344, name: 'bash' },
      ],
    },
    installing: { status: 'installing', ...offer },
    'handed-over': {
      status: 'handed-over',
      version: '0.2.0',
      phase: 'handed-over',
    },
    failed: {
      status: 'failed',
      problem: {
        message: 'The new version could not be written: the disk holding /home is full.',
        hint: 'Free at least 300 MB and try again. Nothing was changed.',
      },
      retry: 'install',
      offer: offer,
    },
  };
}

export function receipt(now: number, change: Partial<Receipt> = {}): Receipt {
  const start = now - 90 * second;
  return {
    schema: 1,
    attempt: '1763829000000-9f3c21ab',
    fromVersion: '0.1.0',
    toVersion: '0.2.0',
    fromBuild: '0.1.0+9f3c21ab',
    toBuild: '0.2.0+41d07e5c',
    outcome: 'back',
    startedAt: start,
    at: start + 5_400,
    committedAt: null,
    escape: { rung: 'setsid', proof: 'proven', detail: 'Own session, own cgroup.' },
    steps: [
      { name: 'prepared', at: start + 12 },
      { name: 'armed', at: start + 40 },
      { name: 'releasing', at: start + 41 },
      { name: 'released', at: start + 820 },
      { name: 'handed-over', at: start + 1_900 },
      { name: 'app-gone', at: start + 2_640 },
      { name: 'files-compared', at: start + 2_644 },
      { name: 'swapping', at: start + 2_650, detail: 'reference' },
      { name: 'proved', at: start + 3_031, detail: 'reference' },
      { name: 'app-launched', at: start + 3_060, detail: 'process 51901' },
      { name: 'app-started', at: start + 5_400, detail: '0.2.0+41d07e5c' },
    ],
    gateways: [
      {
        id: 'reference',
        name: 'Demo gateway',
        policy: 'swap',
        result: 'replaced',
        proof: 'verified',
        before: { identity: identity(48_213), build: '0.1.0+9f3c21ab' },
        after: { identity: identity(51_877), build: '0.2.0+41d07e5c' },
        stopRequestedAt: start + 2_650,
        stoppedAt: start + 2_990,
        startedAt: start + 2_995,
        provedAt: start + 3_031,
        absenceMs: 41,
      },
    ],
    problem: null,
    ...change,
  };
}

/** A receipt with three gateways: replaced, kept and restored with a problem. */
export function richReceipt(now: number): Receipt {
  const base = receipt(now);
  const first = base.gateways[0];
  if (!first) return base;
  return {
    ...base,
    outcome: 'committed',
    committedAt: base.at + 60 * second,
    steps: [...base.steps, { name: 'back', at: base.at }],
    gateways: [
      { ...first, absenceMs: 412 },
      {
        ...first,
        id: 'openclaw',
        name: 'OpenClaw',
        policy: 'keep',
        result: 'kept',
        proof: 'healthy',
        before: { identity: identity(20_455), build: null },
        after: { identity: identity(20_455), build: null },
        stopRequestedAt: null,
        stoppedAt: null,
        startedAt: null,
        provedAt: null,
        absenceMs: 0,
      },
      {
        ...first,
        id: 'hermes',
        name: 'Hermes agent gateway on the old laptop',
        policy: 'release',
        result: 'restored',
        proof: 'healthy',
        before: { identity: identity(33_101), build: '2026.11.2' },
        after: { identity: identity(52_003), build: '2026.11.2' },
        absenceMs: 6_210,
        problem: {
          message: 'Its update command ended with exit code 1.',
          hint: 'The old version runs again. Its log holds what the command printed.',
        },
      },
    ],
  };
}

const esc = String.fromCharCode(27);

/** A line as a busy gateway writes them, with colours. */
export function logLine(index: number, now: number): string {
  const time = new Date(now + index * 137).toISOString().slice(11, 23);
  const grey = `${esc}[90m${time}${esc}[0m`;
  switch (index % 9) {
    case 3:
      return `${grey} ${esc}[33mWARN${esc}[0m  queue is ${esc}[1m${index % 97}%${esc}[0m full, slowing down senders`;
    case 5:
      return `${grey} ${esc}[36mDEBUG${esc}[0m tick ${index} took ${(index % 7) + 0.4} ms ${esc}[2m(heap 41.2 MB, 3 handles, 0 pending)${esc}[0m`;
    case 7:
      return index % 4 === 0
        ? `${grey} ${esc}[31mERROR${esc}[0m job 8841 failed: upstream answered 503 after 3 attempts; it is tried again in 30 s, and the message stays in the inbox until then`
        : `${grey} ${esc}[32mINFO${esc}[0m  health ok`;
    default:
      return `${grey} ${esc}[32mINFO${esc}[0m  message ${10_000 + index} stored and acknowledged`;
  }
}
