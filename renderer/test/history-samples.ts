/** A day in the life of a gateway, for tests and the gallery. */
import type { EventSummary, GatewayEvent } from '../../electron/contract/events.ts';
import { hour, minute } from './samples.ts';

/** Newest first, as they are listed. */
export function historyEvents(now: number): GatewayEvent[] {
  const told: readonly (readonly [number, Partial<GatewayEvent> & { kind: string }])[] = [
    [26 * hour, { kind: 'watching', why: 'boot', version: '0.1.0' }],
    [26 * hour, { kind: 'started', status: 'down', why: 'boot', pid: 4_100 }],
    [26 * hour - 2_000, { kind: 'ready', status: 'up', tookMs: 1_400 }],
    [7 * hour, { kind: 'asleep', ms: 6 * hour }],
    [
      3 * hour,
      {
        kind: 'ended',
        status: 'down',
        code: 1,
        signal: null,
        reason: 'exit code 1',
        by: { cause: 'itself' },
        output: ['reading /etc/gateway.json', 'Error: no API key. Set GATEWAY_KEY.'],
      },
    ],
    [3 * hour, { kind: 'started', status: 'down', why: 'crash', attempt: 1, pid: 4_207 }],
    [3 * hour - 12 * minute, { kind: 'ready', status: 'up', tookMs: 900 }],
    [hour, { kind: 'unwell', status: 'unwell', problem: { message: 'It answers with 503.' } }],
    [hour - 9 * minute, { kind: 'recovered', status: 'up' }],
    [20 * minute, { kind: 'profile-changed', changed: ['port', 'env'] }],
    [10 * minute, { kind: 'dreaming', depth: 3 }],
  ];
  return told
    .map(([before, event], index) => ({ seq: index + 1, at: now - before, ...event }))
    .reverse();
}

export function historySummary(now: number): EventSummary {
  const piece = (from: number, to: number, status: string, reason: string) => ({
    from: now - from,
    to: now - to,
    status,
    reason,
  });
  return {
    from: now - 24 * hour,
    to: now,
    segments: [
      piece(24 * hour, 13 * hour, 'up', 'Running.'),
      piece(13 * hour, 7 * hour, 'unknown', 'The machine slept.'),
      piece(7 * hour, 5 * hour, 'up', 'Running.'),
      piece(5 * hour, 4 * hour, 'off', 'Stopped by you in the window.'),
      piece(4 * hour, 3 * hour, 'up', 'Running.'),
      piece(3 * hour, 3 * hour - 12 * minute, 'down', 'It crashed: exit code 1.'),
      piece(3 * hour - 12 * minute, hour, 'up', 'Running.'),
      piece(hour, hour - 9 * minute, 'unwell', 'It answers with 503.'),
      piece(hour - 9 * minute, 0, 'up', 'Running.'),
    ],
    availability: 97.96,
    longestAbsence: {
      from: now - 3 * hour,
      to: now - 3 * hour + 12 * minute,
      reason: 'It crashed: exit code 1.',
    },
    restarts: 1,
  };
}
