/** When an update begins by itself: by the local clock of Berlin, where it is put forward and back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timingOf, type UpdateTiming, type UpdateWhen } from '../../contract/profile-update.ts';
import { afterLook, decideTiming, isQuiet, strictest, type TimingFacts } from './timing.ts';

const minute = 60_000;
const hour = 60 * minute;

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'Europe/Berlin';
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const timing = (when: UpdateWhen, changes: Partial<UpdateTiming> = {}): UpdateTiming => ({
  ...timingOf({ policy: 'keep', when }),
  ...changes,
});

function decide(changes: Partial<TimingFacts> & { readonly at?: string }) {
  const { at = '2026-11-29T12:00:00', ...facts } = changes;
  return decideTiming({
    timing: timing('idle'),
    now: new Date(at).getTime(),
    offered: true,
    quietMs: hour,
    failedAt: null,
    jitter: 0,
    ...facts,
  });
}

describe('an update that begins by itself', () => {
  it.each(['ask', 'never'] as const)('never does where %s is chosen [R129]', (when) => {
    expect(decide({ timing: timing(when) })).toEqual({ do: 'wait', for: 'nothing', inMs: null });
    expect(timingOf({ policy: 'keep' }).when).toBe('ask');
  });

  it('needs a newer version that was not rolled back, and a choice for every gateway that it stops [R129]', () => {
    expect(decide({ offered: false })).toMatchObject({ for: 'nothing' });
    expect(decide({ timing: null })).toMatchObject({ for: 'nothing' });
    const [idle, night] = [timing('idle', { idleMs: hour }), timing('night')];
    expect(strictest([idle, timing('ask')])).toBeNull();
    expect(strictest([idle, timing('never')])).toBeNull();
    expect(strictest([idle, night])).toMatchObject({ when: 'night', idleMs: hour });
    expect(strictest([])).toBeNull();
  });

  it('waits until the gateways were quiet for long enough [R129]', () => {
    expect(decide({ quietMs: null })).toEqual({ do: 'wait', for: 'quiet', inMs: minute });
    expect(decide({ quietMs: 10 * minute - 1 })).toEqual({ do: 'wait', for: 'quiet', inMs: 1 });
    expect(decide({ quietMs: 10 * minute })).toEqual({ do: 'update', by: 'idle' });
  });

  it('is not tried again for most of a day after one that failed, whatever the clock does [R129]', () => {
    const now = new Date('2026-11-29T12:00:00').getTime();
    expect(decide({ failedAt: now - 19 * hour })).toEqual({ do: 'wait', for: 'later', inMs: hour });
    expect(decide({ failedAt: now - 20 * hour })).toMatchObject({ do: 'update' });
    // The clock was set back since then.
    expect(decide({ failedAt: now + hour })).toMatchObject({ do: 'update' });
  });
});

describe('at night', () => {
  const night = (at: string, changes: Partial<TimingFacts> = {}) =>
    decide({ timing: timing('night'), at, ...changes });
  /** Hours to the next night. */
  const hoursTo = (at: string, changes: Partial<TimingFacts> = {}): number => {
    const decision = night(at, changes);
    if (decision.do !== 'wait' || decision.for !== 'night') throw new Error(decision.do);
    return (decision.inMs ?? 0) / hour;
  };

  it('it begins only inside of it, when the gateways are quiet [R130]', () => {
    expect(hoursTo('2026-11-29T12:00:00')).toBe(14);
    expect(hoursTo('2026-11-29T01:59:00')).toBeCloseTo(1 / 60);
    expect(night('2026-11-29T02:00:00')).toEqual({ do: 'update', by: 'night' });
    expect(night('2026-11-29T04:59:59')).toEqual({ do: 'update', by: 'night' });
    expect(night('2026-11-29T02:00:00', { quietMs: null })).toMatchObject({ for: 'quiet' });
    // The machine slept through it.
    expect(hoursTo('2026-11-29T05:00:00')).toBe(21);
  });

  it('it begins at a minute of its own, in the first half [R130]', () => {
    expect(hoursTo('2026-11-29T00:00:00', { jitter: 0.5 })).toBe(2.75);
    expect(night('2026-11-29T02:44:00', { jitter: 0.5 })).toMatchObject({ for: 'night' });
    expect(night('2026-11-29T02:45:00', { jitter: 0.5 })).toMatchObject({ do: 'update' });
    expect(night('2026-11-29T03:30:00', { jitter: 0.999 })).toMatchObject({ do: 'update' });
  });

  it('it may begin before midnight [R130]', () => {
    const late = { timing: timing('night', { night: { from: '23:00', to: '04:30' } }) };
    expect(hoursTo('2026-11-29T22:00:00', late)).toBe(1);
    for (const at of ['2026-11-29T23:00:00', '2026-11-29T00:00:00', '2026-11-29T04:29:00']) {
      expect(night(at, late)).toMatchObject({ do: 'update' });
    }
    expect(hoursTo('2026-11-29T04:30:00', late)).toBe(18.5);
  });

  it('the clocks are put forward: it lasts an hour less, and one that does not exist is left out [R130]', () => {
    // From 2:00 to 3:00 on 29 March.
    expect(hoursTo('2026-03-28T12:00:00')).toBe(14);
    expect(night('2026-03-29T03:00:00')).toMatchObject({ do: 'update' });
    const short = { timing: timing('night', { night: { from: '02:00', to: '03:00' } }) };
    expect(hoursTo('2026-03-29T01:59:00', short)).toBeCloseTo(23 + 1 / 60);
    expect(hoursTo('2026-03-29T03:00:00', short)).toBe(23);
  });

  it('the clocks are put back: it lasts an hour longer [R130]', () => {
    // From 3:00 to 2:00 on 25 October.
    expect(hoursTo('2026-10-24T12:00:00')).toBe(14);
    const first = new Date('2026-10-25T02:00:00').getTime();
    for (const passed of [0, 1, 2, 3.99]) {
      const now = first + passed * hour;
      expect(decide({ timing: timing('night'), now })).toMatchObject({ do: 'update' });
    }
    expect(decide({ timing: timing('night'), now: first + 4 * hour })).toMatchObject({
      for: 'night',
    });
  });

  it('another time zone is another night [R130]', () => {
    const now = new Date('2026-11-29T03:00:00').getTime();
    expect(decide({ timing: timing('night'), now })).toMatchObject({ do: 'update' });
    process.env.TZ = 'America/New_York';
    expect(decide({ timing: timing('night'), now })).toMatchObject({ for: 'night' });
    process.env.TZ = 'Europe/Berlin';
  });
});

describe('a gateway is quiet', () => {
  it('when it says that it works on nothing, and else when its processes don’t work [R129]', () => {
    const look = { running: true, busy: undefined, worked: false };
    expect(isQuiet(look)).toBe(true);
    expect(isQuiet({ ...look, worked: true })).toBe(false);
    expect(isQuiet({ ...look, worked: null })).toBe(false);
    expect(isQuiet({ ...look, busy: 0, worked: true })).toBe(true);
    expect(isQuiet({ ...look, busy: 1 })).toBe(false);
    expect(isQuiet({ ...look, running: false })).toBe(false);
  });

  it('from the first look without work on, without a gap between two looks [R129]', () => {
    const first = afterLook(null, true, 100, minute);
    expect(first).toEqual({ since: 100, lookedAt: 100 });
    const second = afterLook(first, true, 100 + minute, minute);
    expect(second.since).toBe(100);
    expect(afterLook(second, false, 200 + minute, minute).since).toBeNull();
    const late = 100 + 5 * minute;
    expect(afterLook(second, true, late, minute).since).toBe(late);
  });
});
