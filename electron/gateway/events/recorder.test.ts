/** The history that a real gateway leaves: its starts, its ends and who ended it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventFacts, GatewayEvent } from '../../contract/events.ts';
import type { Problem } from '../../contract/gateway.ts';
import type { Profile } from '../../contract/profile.ts';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { until } from '../../testing/processes.ts';
import { initialModel } from '../model.ts';
import type { Supervisor, SupervisorDeps } from '../types.ts';
import { EventLog, readHistory } from './event-log.ts';
import { Recorder } from './recorder.ts';

let bench: GatewayBench;
let file: string;
beforeEach(() => {
  bench = createGatewayBench();
  file = join(bench.stateRoot, 'events', 'g.jsonl');
});
afterEach(() => bench.clean());

const user = { cause: 'user', through: 'window' } as const;

function recorded(profile: Profile, changes: Partial<SupervisorDeps> = {}): Supervisor {
  const begin = { kind: 'watching', why: 'added' } as const;
  return bench.supervisor(profile, { history: { log: new EventLog(file), begin }, ...changes });
}

/** Waits for an event of this kind, which is written a moment after it has happened. */
function untilEvent(kind: string, count = 1): Promise<readonly GatewayEvent[]> {
  return until(() => {
    const { events } = readHistory(file);
    return events.filter((event) => event.kind === kind).length >= count ? events : undefined;
  }, `event ${kind}`);
}

const kinds = (events: readonly GatewayEvent[]): string[] => events.map(({ kind }) => kind);

describe('the history of a gateway', () => {
  it('tells its start, its crash with what it printed last, and who stopped it [R131] [R140]', async () => {
    const supervisor = recorded(await bench.served(['say=one moment']));
    supervisor.start(user);
    const { identity } = await untilStatus(supervisor, 'running');
    await killTree(identity);
    await untilView(supervisor, ({ view }) => view.call(supervisor).restarts === 1);
    await untilStatus(supervisor, 'running');
    await supervisor.stop({ cause: 'user', through: 'command-line' });
    const events = await untilEvent('ended', 2);
    expect(kinds(events)).toEqual([
      'watching',
      'started',
      'ready',
      'ended',
      'started',
      'ready',
      'ended',
    ]);
    const [, start, , crash, again, , end] = events;
    expect(start).toMatchObject({ why: 'user', by: user, pid: identity.pid });
    // Nothing was lost before it was ready for the first time.
    expect(start?.status).toBeUndefined();
    expect(crash).toMatchObject({ status: 'down', pid: identity.pid });
    expect(crash?.output).toContain('one moment');
    expect(again).toMatchObject({ why: 'crash', status: 'down' });
    expect(end).toMatchObject({ status: 'off', by: { cause: 'user', through: 'command-line' } });
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(supervisor.view().lastEvent).toBe(7);
  });

  it('says who took over, and that it was the same process', async () => {
    const profile = await bench.served();
    const first = recorded(profile);
    first.start();
    const { identity } = await untilStatus(first, 'running');
    first.freeze('succession');
    const second = recorded(profile);
    expect(second.adopt()).toBe(true);
    await untilStatus(second, 'running');
    const events = await untilEvent('ready', 2);
    expect(kinds(events).slice(2)).toEqual(['ready', 'unwatched', 'watching', 'adopted', 'ready']);
    const [start, adopted] = [events[1], events[5]];
    expect([start?.pid, adopted?.pid]).toEqual([identity.pid, identity.pid]);
    const between = (adopted?.startedAt ?? 0) - (start?.startedAt ?? 0);
    expect(Math.abs(between)).toBeLessThan(5_000);
  });

  it('keeps no secret that a gateway prints', async () => {
    const supervisor = recorded(bench.profile(['say=token=abcdef123456', 'exit=1']));
    supervisor.start();
    await untilEvent('ended');
    expect(readFileSync(file, 'utf8')).not.toContain('abcdef123456');
    await supervisor.stop();
  });
});

describe('a history on a full disk', () => {
  it('stops, says so, and goes on when there is room, with what happened meanwhile [R136]', () => {
    const written: (readonly EventFacts[])[] = [];
    const notices: (Problem | null)[] = [];
    const timers: (() => void)[] = [];
    let full = true;
    const recorder = new Recorder({
      log: {
        file: '/state/events/g.jsonl',
        seq: 0,
        moment: () => ({ at: 1, up: 1 }),
        append(facts) {
          if (full) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
          written.push(facts);
        },
        reopen: () => {},
        hasUpdate: () => false,
      },
      begin: { kind: 'watching', why: 'started' },
      clock: {
        now: () => 0,
        after: (_, act) => {
          timers.push(act);
          return () => {};
        },
      },
      name: () => 'Hermes',
      model: () => initialModel('stopped'),
      notice: (problem) => notices.push(problem),
      changed: () => {},
    });
    recorder.flush();
    recorder.note({ kind: 'profile-changed', changed: ['port'] });
    recorder.flush();
    expect(notices.length).toBe(1);
    expect(notices[0]?.message).toContain("The history of Hermes can't be written");
    expect(notices[0]?.hint).toContain('looked after as before');
    full = false;
    timers.at(-1)?.();
    expect(written.flat().map(({ kind }) => kind)).toEqual(['watching', 'profile-changed']);
    expect(notices.at(-1)).toBeNull();
    recorder.close();
  });
});
