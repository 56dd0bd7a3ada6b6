import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type UpdateState, updateStateSchema } from '../contract/update.ts';
import { initialUpdate, reduceUpdate, type UpdateEvent } from './machine.ts';

const offer = { version: '1.1.0', notes: 'n', size: 10 };
const events: readonly UpdateEvent[] = [
  { type: 'check' },
  { type: 'checked', offer, at: 1 },
  { type: 'checked', offer: null, at: 1 },
  { type: 'download' },
  { type: 'progress', progress: { transferred: 1, total: 10, rate: 1 } },
  { type: 'downloaded' },
  { type: 'download-paused' },
  { type: 'download-cancelled' },
  { type: 'install' },
  { type: 'releasing', deadline: 1 },
  { type: 'held', holders: [{ pid: 1, name: 'x' }] },
  { type: 'installing' },
  { type: 'install-cancelled' },
  { type: 'handed-over', version: '1.1.0', phase: 'handed-over' },
  { type: 'failed', problem: { message: 'm' } },
  { type: 'live', version: '1.1.0', phase: 'proving' },
  { type: 'live-over' },
];

const run = (...types: readonly UpdateEvent['type'][]): UpdateState =>
  types.reduce<UpdateState>((state, type) => {
    const event = events.find((one) => one.type === type);
    return event ? reduceUpdate(state, event) : state;
  }, initialUpdate);

const toReady = ['check', 'checked', 'download', 'downloaded'] as const;

describe('the life of an update', () => {
  it('leads from a check to the hand-over', () => {
    expect(run('check').status).toBe('checking');
    expect(run('check', 'checked')).toEqual({ status: 'available', ...offer });
    expect(run('check', 'checked', 'download', 'progress')).toMatchObject({ transferred: 1 });
    expect(run(...toReady).status).toBe('ready');
    expect(run(...toReady, 'install', 'releasing', 'held').status).toBe('held');
    const over = run(...toReady, 'install', 'releasing', 'installing', 'handed-over');
    expect(over).toEqual({ status: 'handed-over', version: '1.1.0', phase: 'handed-over' });
  });

  it('keeps what has arrived while a download is paused', () => {
    const paused = run('check', 'checked', 'download', 'progress', 'download-paused');
    expect(paused).toEqual({ status: 'paused', ...offer, transferred: 1, total: 10 });
    const resumed = reduceUpdate(paused, { type: 'download' });
    expect(resumed).toMatchObject({ status: 'downloading', transferred: 1, total: 10 });
    expect(reduceUpdate(paused, { type: 'download-cancelled' }).status).toBe('available');
    expect(reduceUpdate(paused, { type: 'check' })).toBe(paused);
  });

  it('keeps the offer when something fails, so that nothing is downloaded twice', () => {
    expect(run('check', 'failed')).toMatchObject({ retry: 'check', offer: null });
    expect(run('check', 'checked', 'download', 'failed')).toMatchObject({
      retry: 'download',
      offer,
    });
    const failed = run(...toReady, 'install', 'failed');
    expect(failed).toMatchObject({ retry: 'install', offer });
    expect(reduceUpdate(failed, { type: 'install' }).status).toBe('preparing');
    expect(run(...toReady, 'install', 'releasing', 'install-cancelled').status).toBe('ready');
  });

  it('never installs what was not downloaded, nor hands over what was not installed', () => {
    expect(run('check', 'checked', 'install').status).toBe('available');
    expect(run(...toReady, 'handed-over').status).toBe('ready');
    expect(run(...toReady, 'install', 'installing').status).toBe('preparing');
  });

  it('is not disturbed by another update while it installs', () => {
    expect(run(...toReady, 'install', 'live').status).toBe('preparing');
    expect(run('live').status).toBe('handed-over');
    expect(run('live', 'live-over')).toEqual(initialUpdate);
  });

  it('answers a valid state to any event in any state, within eight steps', () => {
    const seen = new Map<string, UpdateState>([[JSON.stringify(initialUpdate), initialUpdate]]);
    for (let depth = 0; depth < 8; depth += 1) {
      for (const state of [...seen.values()]) {
        for (const event of events) {
          const next = reduceUpdate(state, event);
          expect(z.safeParse(updateStateSchema, next).success).toBe(true);
          seen.set(JSON.stringify(next), next);
        }
      }
    }
    const statuses = new Set([...seen.values()].map(({ status }) => status));
    expect(statuses.size).toBe(13);
  });
});
