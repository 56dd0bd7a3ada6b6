/** Who ended a gateway: what its exit records of requests, of Holdfast's own reasons, and of memory. */
import { describe, expect, it } from 'vitest';
import type { EndedBy } from '../../contract/gateway.ts';
import { type Context, type Event, initialModel, type Model } from '../model.ts';
import { reduce } from './machine.ts';

const identity = { pid: 4242, startedAt: 'then', nonce: 'n' };
const context: Context = {
  now: 0,
  wall: 1_000_000,
  random: 0,
  name: 'G',
  graceMs: 10_000,
  exitCodes: { restart: [75], fatal: [78] },
  recheckMs: 30_000,
};
const byTray: EndedBy = { cause: 'user', through: 'tray' };
const byTerminal: EndedBy = { cause: 'user', through: 'command-line' };
const problem = { message: 'G hangs.' };
const killed = exit(null);

function exit(code: number | null, more: Partial<Extract<Event, { type: 'exited' }>> = {}): Event {
  const signal = code === null ? 'SIGKILL' : null;
  return { type: 'exited', code, signal, conflict: null, exitReport: null, ...more };
}

function modelAfter(...events: readonly Event[]): Model {
  const start: readonly Event[] = [
    { type: 'start' },
    { type: 'spawned', identity },
    { type: 'ready', proof: 'healthy', readyAt: 7 },
  ];
  return [...start, ...events].reduce(
    (model, event) => reduce(model, event, context).model,
    initialModel('stopped'),
  );
}

describe('an exit that was asked for names the request [R114]', () => {
  it.each<[string, Event, string]>([
    [
      'in the window',
      { type: 'stop', by: { cause: 'user', through: 'window' } },
      'stopped by you in the window',
    ],
    ['in the tray', { type: 'restart', by: byTray }, 'restarted by you in the tray'],
    ['on the command line', { type: 'stop', by: byTerminal }, 'stopped by you on the command line'],
    [
      'somewhere',
      { type: 'stop', by: { cause: 'user', through: 'a later place' } },
      'stopped by you',
    ],
    ['by an update', { type: 'release', by: { cause: 'update' } }, 'stopped for an update'],
    [
      'by quitting',
      { type: 'release', by: { cause: 'quit' } },
      'stopped with all gateways, because you quit Holdfast',
    ],
    ['by a caller without a name', { type: 'stop' }, 'stopped by Holdfast'],
  ])('%s', (_, request, reason) => {
    const { lastExit } = modelAfter(request, exit(0));
    expect(lastExit?.reason).toBe(reason);
    expect(lastExit?.by).toEqual('by' in request ? request.by : undefined);
  });

  it('once it is idle', () => {
    const waiting = modelAfter({ type: 'restart-when-idle', by: byTray });
    const model = [{ type: 'idle' } as const, exit(0)].reduce(
      (before, event) => reduce(before, event, context).model,
      waiting,
    );
    expect(model.lastExit).toMatchObject({ by: byTray, reason: 'restarted by you in the tray' });
  });

  it('the first one, when a second comes during the stop', () => {
    const { lastExit } = modelAfter(
      { type: 'restart', by: byTray },
      { type: 'stop', by: byTerminal },
      exit(0),
    );
    expect(lastExit?.by).toEqual(byTray);
  });

  it('and no later exit', () => {
    const again: Event = { type: 'spawned', identity };
    const { lastExit } = modelAfter({ type: 'restart', by: byTray }, exit(0), again, killed);
    expect(lastExit).toMatchObject({ reason: 'ended by SIGKILL' });
    expect(lastExit).not.toHaveProperty('by');
  });
});

describe('an exit that Holdfast wants [R114]', () => {
  const hung: Event = { type: 'hung', problem, canHear: 'yes' };

  it('names its check', () => {
    const { lastExit } = modelAfter(hung, exit(0));
    expect(lastExit).toMatchObject({ reason: 'G hangs', by: { cause: 'health' } });
  });

  it('is the user’s once the user asks for it too', () => {
    expect(modelAfter(hung, { type: 'stop', by: byTray }, exit(0)).lastExit?.by).toEqual(byTray);
  });
});

describe('an exit that was not asked for [R114]', () => {
  it('is its own when it has an exit code', () => {
    const { lastExit } = modelAfter(exit(3, { by: { cause: 'itself' } }));
    expect(lastExit).toMatchObject({ reason: 'exit code 3', by: { cause: 'itself' } });
  });

  it('has no cause when another program sent a signal', () => {
    expect(modelAfter(killed).lastExit).not.toHaveProperty('by');
  });

  it.each([
    ['known', { cause: 'memory' }, 'the system ran out of memory and ended it'],
    [
      'likely',
      { cause: 'memory', certainty: 'likely' },
      'ended by SIGKILL, most likely because memory ran out',
    ],
  ] as const)('is for lack of memory, %s, in its exit and its problem', (certainty, by, reason) => {
    const crash = exit(null);
    const { lastExit, state } = modelAfter(crash, { type: 'spawned', identity }, crash, {
      type: 'cause-found',
      certainty,
    });
    expect(lastExit).toMatchObject({ by, reason });
    expect(state).toMatchObject({ problem: { message: `G crashed (${reason}).` } });
  });
});
