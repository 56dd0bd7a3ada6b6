import { describe, expect, it } from 'vitest';
import type { Owner } from '../../contract/gateway.ts';
import { type Context, type Event, initialModel, type Model } from '../model.ts';
import { reduce } from './machine.ts';

const context: Context = {
  now: 0,
  wall: 1_000,
  random: 0,
  name: 'G',
  graceMs: 10,
  exitCodes: { restart: [75], fatal: [78] },
  recheckMs: 30_000,
};
const service: Owner = { type: 'systemd', name: 'systemd (g.service)', pid: 7, takesOrders: true };
const terminal: Owner = {
  type: 'terminal',
  name: 'a terminal (pts/1)',
  pid: 8,
  takesOrders: false,
};
const identity = { pid: 9, startedAt: 'x', nonce: '' };

const follow = (events: readonly Event[], model: Model = initialModel('running')) =>
  events.reduce((step, event) => reduce(step.model, event, context), {
    model,
    effects: [] as ReturnType<typeof reduce>['effects'],
  });
const found = (owner: Owner): Event => ({ type: 'external-found', owner });
const kinds = ({ effects }: ReturnType<typeof reduce>) => effects.map(({ type }) => type);

describe('a gateway that others run', () => {
  it('is watched when a start finds it, and nothing is spawned', () => {
    const step = follow([{ type: 'start' }, found(service)]);
    expect(step.model.state).toEqual({ status: 'external', owner: service, since: 1_000 });
    expect(kinds(step)).toContain('watch-external');
    expect(kinds(step)).not.toContain('spawn');
  });

  it('is never taken for one that Holdfast runs', () => {
    const running = follow([
      { type: 'start' },
      { type: 'spawned', identity },
      { type: 'ready', proof: 'alive', readyAt: 1 },
    ]);
    expect(follow([found(service)], running.model).model.state.status).toBe('running');
  });

  it('has orders passed on to an owner that takes them', () => {
    const { model } = follow([{ type: 'start' }, found(service)]);
    expect(follow([{ type: 'restart' }], model).effects).toContainEqual({
      type: 'order',
      order: 'restart',
    });
    const stopped = follow([{ type: 'stop' }], model);
    expect(stopped.effects).toContainEqual({ type: 'order', order: 'stop' });
    expect(stopped.model.desired).toBe('stopped');
    expect(follow([{ type: 'external-ended' }], stopped.model).model.state.status).toBe('stopped');
  });

  it('waits for such an owner after its end, checks again, and never starts it itself', () => {
    const ended = follow([{ type: 'start' }, found(service), { type: 'external-ended' }]);
    expect(ended.model.state).toMatchObject({
      status: 'external',
      problem: { message: expect.stringContaining('has not brought it back') },
    });
    expect(ended.effects).toContainEqual({ type: 'timer', ms: 30_000 });
    const again = follow([{ type: 'due' }], ended.model);
    expect(kinds(again)).toEqual(['find-external']);
    expect(follow([{ type: 'start' }], ended.model).effects).toContainEqual({
      type: 'order',
      order: 'start',
    });
    // Back under another pid it is well again.
    const back = follow([found({ ...service, pid: 70 })], ended.model);
    expect(back.model.state).toEqual({
      status: 'external',
      owner: { ...service, pid: 70 },
      since: 1_000,
    });
  });

  it('is run by Holdfast when it has ended and no owner restarts it', () => {
    const ended = follow([{ type: 'start' }, found(terminal), { type: 'external-ended' }]);
    expect(ended.model.state.status).toBe('waiting');
    expect(ended.effects).toContainEqual({ type: 'spawn', checkFirst: true });
  });

  it('shows a problem until it is over, and survives an update untouched', () => {
    const { model } = follow([{ type: 'start' }, found(service)]);
    const problem = { message: 'does not answer' };
    const ill = follow([{ type: 'external-checked', problem }], model);
    expect(ill.model.state).toMatchObject({ problem });
    const well = follow([{ type: 'external-checked', problem: null }], ill.model);
    expect(well.model.state).toEqual(model.state);
    expect(follow([{ type: 'release' }], model).model.state.status).toBe('external');
  });
});
