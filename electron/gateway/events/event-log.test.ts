/** The file of a history: what is torn or foreign spoils nothing, and it stays small without losing the past. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventFacts } from '../../contract/events.ts';
import { encodeLine } from '../../files/checked-line.ts';
import { decodeHistory, EventLog, readHistory } from './event-log.ts';
import { summarize } from './summary.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const t0 = Date.UTC(2026, 0, 5);

let folder: string;
let file: string;
let now = t0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-events-'));
  file = join(folder, 'events', 'g.jsonl');
  now = t0;
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(maxBytes = 64 * 1024): EventLog {
  const bounds = { maxBytes, maxAgeMs: 90 * day };
  return new EventLog(file, { now: () => now, up: () => now - t0 + minute, bounds });
}

function write(log: EventLog, ...facts: readonly EventFacts[]): void {
  log.append(facts.map((one) => ({ ...one, ...log.moment() })));
}

const ready: EventFacts = { kind: 'ready', status: 'up' };
const crash: EventFacts = {
  kind: 'ended',
  status: 'down',
  reason: 'exit code 1',
  output: ['Error: no key', 'at main'],
};
const again: EventFacts = { kind: 'started', status: 'down', why: 'crash' };

describe('the file of a history', () => {
  it('is read up to the end, whatever byte a killed writer got to [R136]', () => {
    const log = open();
    write(log, ready, crash);
    const whole = statSync(file).size;
    write(log, again);
    const full = statSync(file).size;
    for (let size = whole; size < full; size += 1) {
      truncateSync(file, size);
      expect(readHistory(file).events.map(({ kind }) => kind)).toEqual(['ready', 'ended']);
      write(open(), again);
      const { events, damaged } = readHistory(file);
      expect(events.map(({ seq, kind }) => [seq, kind])).toEqual([
        [1, 'ready'],
        [2, 'ended'],
        [3, 'started'],
      ]);
      expect(damaged).toBe(size > whole ? 1 : 0);
      truncateSync(file, whole);
    }
  });

  it('passes over a line in which any byte was changed [R136]', () => {
    write(open(), ready, crash);
    const bytes = readFileSync(file);
    const second = bytes.indexOf(0x0a) + 1;
    for (let at = second; at < bytes.length - 1; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      expect(decodeHistory(changed).events.map(({ kind }) => kind)).toEqual(['ready']);
      expect(decodeHistory(changed).damaged).toBeGreaterThan(0);
    }
  });

  it('keeps what another version wrote, as it is [R136]', () => {
    write(open(), ready);
    const foreign = { seq: 2, at: t0, kind: 'dreaming', status: 'lucid', depth: 3, code: 'soft' };
    appendFileSync(file, encodeLine(foreign));
    write(open(), again);
    const { events } = readHistory(file);
    expect(events[1]).toMatchObject({ kind: 'dreaming', status: 'lucid', depth: 3 });
    // A known field of another shape does not spoil the rest.
    expect(events[1]?.code).toBeUndefined();
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('is as long as its bound at most, and a crash loop leaves the past in it [R137]', () => {
    const log = open();
    for (let calm = 0; calm < 40; calm += 1) {
      write(log, crash, again, ready);
      now += day;
    }
    for (let loop = 0; loop < 3_000; loop += 1) {
      write(log, again, crash);
      now += 20_000;
    }
    expect(statSync(file).size).toBeLessThan(65 * 1024);
    const { events, damaged } = readHistory(file);
    expect(damaged).toBe(0);
    const calmDays = new Set(events.filter(({ at }) => at < t0 + 40 * day).map(({ at }) => at));
    expect(calmDays.size).toBe(40);
    const left = events.filter(({ kind }) => kind === 'left-out');
    expect(left.length).toBe(1);
    const counted = left.reduce((sum, { count = 0 }) => sum + count, 0);
    expect(counted + events.length - left.length).toBe(40 * 3 + 6_000);
    // Nothing of what was left out is lost to the sums.
    const span = { from: t0 + 40 * day, to: now };
    const { restarts, availability } = summarize(events, span, { now, up: now - t0 + minute });
    expect(restarts).toBe(3_000);
    expect(availability).toBe(0);
  });

  it('forgets what is older than ninety days, and nothing of a calm month', () => {
    const log = open(16 * 1024);
    write(log, { kind: 'profile-changed', changed: ['first'] });
    for (let each = 0; each < 95; each += 1) {
      now += day;
      write(log, ready);
    }
    for (let each = 0; each < 200; each += 1) write(log, crash);
    const { events } = readHistory(file);
    expect(events.some(({ kind }) => kind === 'profile-changed')).toBe(false);
    const days = new Set(events.map(({ at }) => at)).size;
    expect(days).toBeGreaterThanOrEqual(30);
  });
});
