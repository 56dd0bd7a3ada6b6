/** What a history comes to: nobody's absence is made up, and no known one is lost. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../../../e2e/soak/random.ts';
import type { GatewayEvent } from '../../contract/events.ts';
import { summarize } from './summary.ts';

const minute = 60_000;
const hour = 60 * minute;
const t0 = Date.UTC(2026, 0, 5, 8);

type Told = Partial<GatewayEvent> & { readonly kind: string };

/** Events at so many minutes after the beginning; machine and clock agree unless told otherwise. */
function told(...events: readonly (readonly [number, Told])[]): GatewayEvent[] {
  return events.map(([at, event], index) => ({
    seq: index + 1,
    at: t0 + at * minute,
    up: hour + at * minute,
    ...event,
  }));
}

const watching: Told = { kind: 'watching' };
const unwatched: Told = { kind: 'unwatched' };
const started = (pid = 7): Told => ({ kind: 'started', status: 'down', pid, startedAt: pid });
const adopted = (pid = 7): Told => ({ kind: 'adopted', pid, startedAt: pid });
const ready: Told = { kind: 'ready', status: 'up' };
const crashed: Told = { kind: 'ended', status: 'down', reason: 'exit code 1' };
const stopped: Told = { kind: 'ended', status: 'off', by: { cause: 'user' } };

/** Of the first `minutes`, asked at their end. */
function first(minutes: number, events: readonly GatewayEvent[], up = true) {
  const now = t0 + minutes * minute;
  const moment = { now, up: up ? hour + minutes * minute : null };
  return summarize(events, { from: t0, to: now }, moment);
}

const shape = (summary: ReturnType<typeof first>) =>
  summary.segments.map(({ from, to, status }) => [status, (to - from) / minute]);

describe('a summary', () => {
  it('of a crash says how long it was down, and what share of the time it was up [R132]', () => {
    const summary = first(
      100,
      told([0, watching], [0, started()], [0, ready], [50, crashed], [51, started(8)], [60, ready]),
    );
    expect(shape(summary)).toEqual([
      ['up', 50],
      ['down', 10],
      ['up', 40],
    ]);
    expect(summary.availability).toBeCloseTo(90);
    expect(summary.longestAbsence).toMatchObject({ from: t0 + 50 * minute, to: t0 + hour });
    expect(summary.longestAbsence?.reason).toContain('exit code 1');
  });

  it('of the last seconds says what it is now, and before that why it was away [R132]', () => {
    const now = t0 + minute;
    const events = told(
      ...([
        [0, watching],
        [0, started()],
        [0.1, ready],
        [0.5, crashed],
      ] as const),
      ...([
        [0.51, started(8)],
        [0.6, ready],
      ] as const),
    );
    const span = { from: now - 24 * hour, to: now };
    const { segments } = summarize(events, span, { now, up: hour + minute });
    expect(segments.map(({ status, reason }) => [status, reason])).toEqual([
      ['unknown', 'Nothing was recorded yet.'],
      ['down', expect.stringContaining('exit code 1')],
      ['up', 'Running.'],
    ]);
  });

  it('counts no time in which it was not wanted', () => {
    const summary = first(100, told([0, watching], [0, started()], [0, ready], [10, stopped]));
    expect(shape(summary)).toEqual([
      ['up', 10],
      ['off', 90],
    ]);
    expect(summary.availability).toBe(100);
    expect(summary.longestAbsence).toBeNull();
  });

  it('does not call it down while nobody watched [R133]', () => {
    const summary = first(
      100,
      told(
        [0, watching],
        [0, started()],
        [0, ready],
        [20, unwatched],
        [70, watching],
        [70, started(8)],
        [71, ready],
      ),
    );
    expect(shape(summary)).toEqual([
      ['up', 20],
      ['unknown', 50],
      ['down', 1],
      ['up', 29],
    ]);
  });

  it('knows of a killed watcher only until its last sign, and of a machine that was off [R133]', () => {
    const sign = t0 + 25 * minute;
    const booted = t0 + 60 * minute;
    const again: Told = { kind: 'watching', lastSign: sign, bootedAt: booted, up: 10 * minute };
    const summary = first(
      100,
      told(
        [0, watching],
        [0, started()],
        [0, ready],
        [70, again],
        [71, { ...ready, up: 11 * minute }],
      ),
      false,
    );
    expect(shape(summary)).toEqual([
      ['up', 25],
      ['unknown', 46],
      ['up', 29],
    ]);
    expect(summary.segments[1]?.reason).toContain('was off');
  });

  it('counts what ran on without a watcher, if the same process is found again [R134]', () => {
    const found = (process: Told) =>
      told(
        ...([
          [0, watching],
          [0, started()],
          [0, ready],
          [20, unwatched],
        ] as const),
        ...([
          [70, watching],
          [70, process],
          [71, ready],
        ] as const),
      );
    expect(shape(first(100, found(adopted())))).toEqual([['up', 100]]);
    // The one that adopts dates its start by another look at the clock.
    const moments = { ...adopted(), startedAt: 9 };
    expect(shape(first(100, found(moments)))).toEqual([['up', 100]]);
    const another = adopted(8);
    const reused = { ...adopted(), startedAt: 10 * minute };
    for (const one of [another, reused]) {
      expect(shape(first(100, found(one)))[1]).toEqual(['unknown', 51]);
    }
  });

  it('does not call it down while the machine slept [R133]', () => {
    const summary = first(
      100,
      told([0, watching], [0, started()], [0, ready], [80, { kind: 'asleep', ms: 30 * minute }]),
    );
    expect(shape(summary)).toEqual([
      ['up', 50],
      ['unknown', 30],
      ['up', 20],
    ]);
    expect(summary.availability).toBe(100);
  });

  it('measures by the machine’s own time when the clock was set [R135]', () => {
    const steady = told(
      [0, watching],
      [0, started()],
      [0, ready],
      [50, crashed],
      [60, started(8)],
      [60, ready],
    );
    // Two hours ahead until it was set right, between the crash and the start.
    const skewed = steady.map((event, index) =>
      index < 4 ? { ...event, at: event.at + 2 * hour } : event,
    );
    expect(shape(first(100, skewed))).toEqual(shape(first(100, steady)));
  });

  it('of kinds and statuses that only another version knows is a sum all the same', () => {
    const summary = first(
      100,
      told(
        [0, watching],
        [0, { kind: 'dreaming', status: 'lucid' }],
        [10, ready],
        [20, { kind: 'sung' }],
      ),
    );
    expect(shape(summary)).toEqual([
      ['unknown', 10],
      ['up', 90],
    ]);
  });

  it('of nothing says that nothing is known', () => {
    const summary = first(100, []);
    expect(summary).toMatchObject({ availability: null, longestAbsence: null, restarts: 0 });
    expect(shape(summary)).toEqual([['unknown', 100]]);
  });
});

describe('every summary', () => {
  const kinds = [
    watching,
    unwatched,
    started(),
    started(8),
    adopted(),
    ready,
    crashed,
    stopped,
    { kind: 'asleep', ms: 3 * minute },
    { kind: 'asleep', ms: 9 * hour },
  ];

  it.each(Array.from({ length: 200 }, (_, seed) => seed))(
    'of chance events covers its span (seed %d)',
    (seed) => {
      const random = seeded(seed).next;
      let at = 0;
      const events = told(
        ...Array.from({ length: 60 }, () => {
          at += random() * 5;
          const event = kinds[Math.floor(random() * kinds.length)] ?? ready;
          // The clock is set now and then.
          const jump = random() < 0.05 ? (random() - 0.5) * 10 : 0;
          return [at + jump, { ...event, up: hour + at * minute }] as const;
        }),
      );
      const summary = first(300, events);
      const { segments, from, to, availability, longestAbsence } = summary;
      expect(segments[0]?.from).toBe(from);
      expect(segments.at(-1)?.to).toBe(to);
      for (const [index, one] of segments.entries()) {
        expect(one.to).toBeGreaterThan(one.from);
        const next = segments[index + 1];
        if (next) expect(next.from).toBe(one.to);
      }
      if (availability !== null) {
        expect(availability).toBeGreaterThanOrEqual(0);
        expect(availability).toBeLessThanOrEqual(100);
      }
      if (longestAbsence) expect(longestAbsence.to).toBeGreaterThan(longestAbsence.from);
      if (availability === 100) expect(longestAbsence).toBeNull();
    },
  );
});
