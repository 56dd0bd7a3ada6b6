/** Gateways with a newer version, and their updates, for tests and the gallery. */
import type { AppState } from '../../electron/contract/app-contract.ts';
import type { GatewayView } from '../../electron/contract/gateway.ts';
import type { GatewayReceipt, GatewayUpdate } from '../../electron/contract/gateway-update.ts';
import { gateway, hour, minute, second } from './samples.ts';

type Updates = AppState['gatewayUpdates'][string];

const attempt = '0000000000001-0a1b2c3d';

/** It runs, and a newer version is available. */
export function versioned(now: number): GatewayView {
  const version = {
    installed: '2026.9.6',
    newest: '2026.11.2',
    checkedAt: now - 2 * hour,
    problem: null,
    offered: true,
  };
  return { ...gateway(now), name: 'OpenClaw', updatable: true, undoable: true, version };
}

export function gatewayUpdates(now: number) {
  const update = (phase: GatewayUpdate['phase'], until: number | null): Updates => ({
    receipt: null,
    update: {
      attempt,
      phase,
      fromVersion: '2026.9.6',
      toVersion: '2026.11.2',
      since: now - 5 * second,
      until,
    },
  });
  const receipt = (changes: Partial<GatewayReceipt>): Updates => ({
    update: null,
    receipt: {
      schema: 1,
      attempt,
      gateway: 'reference',
      name: 'OpenClaw',
      fromVersion: '2026.9.6',
      toVersion: '2026.11.2',
      outcome: 'committed',
      startedAt: now - 3 * minute,
      at: now - 2 * minute,
      steps: [],
      gateways: [
        {
          id: 'reference',
          name: 'OpenClaw',
          policy: 'keep',
          result: 'replaced',
          proof: 'healthy',
          before: null,
          after: null,
          stopRequestedAt: now - 3 * minute,
          stoppedAt: now - 3 * minute + second,
          startedAt: now - 3 * minute + 20 * second,
          provedAt: now - 3 * minute + 32 * second,
          absenceMs: 32 * second,
        },
      ],
      problem: null,
      ...changes,
    },
  });
  const problem = {
    message:
      'OpenClaw did not start in 3 tries. OpenClaw crashed (exit code 1): Error: no such module.',
    hint: 'Its log says more.',
  };
  return {
    installing: update('installing', null),
    soaking: update('soaking', now + 40 * second),
    confirming: update('confirming', now + 8 * minute),
    committed: receipt({}),
    'put-back': receipt({ outcome: 'put-back', problem }),
    failed: receipt({ outcome: 'failed', problem }),
  } as const satisfies Readonly<Record<string, Updates>>;
}
