/**
 * The order of the ladder, with the system calls played by the test: which rung follows which
 * answer, and what is ended before the next try. What the calls do is seen on Windows alone.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ExitWaiter } from '../platform-interface.ts';
import { SpawnError, type SpawnSpec } from '../spawn-spec.ts';
import { creationFlags } from './creation-flags.ts';

interface Start {
  readonly flags: number;
  readonly parent: number;
}
const breakaway = 0x01000000;
const accessDenied = 5;
const outsideParent = 77;

/** What the system answers to a start: an error, or whether the child finds itself in a job. */
let answer: (start: Start) => { error: number } | { inJob: boolean };
const starts: Start[] = [];
const jobs = new Map<number, boolean>();
/** Our own job. */
let mates: number[] | undefined;
const ran: number[] = [];
const ended: number[] = [];

vi.mock('./create-process.ts', () => ({
  createProcess(_spec: SpawnSpec, flags: number, parent = 0) {
    starts.push({ flags, parent });
    const given = answer({ flags, parent });
    if ('error' in given) return given;
    const pid = 1000 + starts.length;
    jobs.set(pid, given.inJob);
    return { pid, handle: pid, thread: pid };
  },
  resume: ({ pid }: { pid: number }) => ran.push(pid),
  discard: ({ pid }: { pid: number }) => ended.push(pid),
}));
vi.mock('./kernel32.ts', () => ({
  accessDenied: 5,
  sharingViolation: 32,
  win32: () => ({ CloseHandle: () => 1 }),
}));
vi.mock('./outside-parent.ts', () => ({ openOutsideParent: () => outsideParent }));
vi.mock('./processes.ts', () => ({
  isInJob: (pid: number) => jobs.get(pid),
  ownJobMates: () => mates,
  signal(identity: { pid: number }) {
    ended.push(identity.pid);
    return true;
  },
  startMarker: (pid: number) => `started-${pid}`,
}));

/** What PowerShell prints: the pid of what it started, or nothing. */
let printed = '';
vi.mock('../on-demand.ts', () => ({
  async run(command: string) {
    if (command === 'schtasks.exe') throw new Error('ERROR: The service is not running.');
    return { stdout: printed, stderr: '' };
  },
}));

const { windowsLaunch, windowsSpawn } = await import('./escape.ts');

const waiter: ExitWaiter = {
  watch(_identity, onExit) {
    const soon = setImmediate(() => onExit({ code: null, signal: null }));
    return () => clearImmediate(soon);
  },
  close: () => undefined,
};

const spec = (kind: SpawnSpec['kind'] = 'watcher'): SpawnSpec => ({
  kind,
  command: process.execPath,
  args: [],
  cwd: process.cwd(),
  env: {},
  stdout: 'ignore',
  stderr: 'ignore',
  nonce: 'n',
  escape: 'required',
});

beforeEach(() => {
  answer = () => ({ inJob: false });
  mates = undefined;
  printed = '';
  starts.length = 0;
  ran.length = 0;
  ended.length = 0;
  jobs.clear();
});

describe('a start on Windows', () => {
  test('asks to break away, and is content when that worked', async () => {
    const started = await windowsLaunch(spec(), waiter);
    expect(started.escape).toMatchObject({ rung: 'breakaway', proof: 'proven' });
    expect(starts).toEqual([{ flags: creationFlags('watcher', { breakaway: true }), parent: 0 }]);
    windowsSpawn(spec('gateway'), waiter);
    expect(starts[1]?.flags).toBe(creationFlags('gateway', { breakaway: true }));
  });

  test('where the job forbids breaking away is tried once more without that bit alone [F10]', () => {
    answer = ({ flags }) => (flags & breakaway ? { error: accessDenied } : { inJob: false });
    const started = windowsSpawn(spec(), waiter);
    expect(started.escape).toMatchObject({ rung: 'no-breakaway', proof: 'proven' });
    expect(starts.map(({ flags }) => flags)).toEqual([
      creationFlags('watcher', { breakaway: true }),
      creationFlags('watcher', { breakaway: false }),
    ]);
  });

  test.each([
    ['is open elsewhere', 32],
    ['may not be read yet', accessDenied],
  ])('a program that %s, for a scanner reads it, is tried again', (_, error) => {
    answer = () => (starts.length < 3 ? { error } : { inJob: false });
    expect(windowsSpawn(spec(), waiter).escape.proof).toBe('proven');
  });

  test.each([
    [32, 'busy', /virus scanner/],
    [accessDenied, 'not-allowed', /may not be run/],
  ])('a program that stays closed (error %i) is %s, which says why', (error, code, words) => {
    answer = () => ({ error });
    const attempt = () => windowsSpawn(spec(), waiter);
    expect(attempt).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(words) }),
    );
  });

  test.skipIf(process.platform !== 'win32')('a folder that is too long to work in is named', () => {
    const top = mkdtempSync(path.join(tmpdir(), 'hf-long-'));
    const cwd = path.join(top, 'a'.repeat(150), 'b'.repeat(150));
    mkdirSync(cwd, { recursive: true });
    answer = () => ({ error: 267 });
    expect(() => windowsSpawn({ ...spec(), cwd }, waiter)).toThrow(
      expect.objectContaining({
        code: 'bad-folder',
        message: expect.stringMatching(/258 are the/),
      }),
    );
    rmSync(top, { recursive: true });
  });

  test('any other error is reported and not tried again', () => {
    answer = () => ({ error: 193 });
    expect(() => windowsSpawn(spec(), waiter)).toThrow(SpawnError);
    expect(starts).toHaveLength(1);
  });

  test.each([
    ['the watcher', (one: SpawnSpec) => windowsLaunch(one, waiter)],
    ['a gateway that is brought back', (one: SpawnSpec) => windowsSpawn(one, waiter)],
  ])('in a job another parent is asked for %s, and the first one never runs', async (_, go) => {
    answer = ({ parent }) => ({ inJob: parent === 0 });
    const started = await go(spec());
    expect(started.escape).toMatchObject({ rung: 'other-parent', proof: 'proven' });
    expect(starts.map(({ parent }) => parent)).toEqual([0, outsideParent]);
    expect(ended).toEqual([1001]);
    expect(ran).toEqual([1002]);
    expect(started.pid).toBe(1002);
  });

  test('what another program starts in a job of its own is taken, and the first one never runs', async () => {
    answer = () => ({ inJob: true });
    [printed, mates] = ['7', [1, 1001]];
    jobs.set(7, true);
    const started = await windowsLaunch(spec(), waiter);
    expect(started).toMatchObject({ pid: 7, escape: { rung: 'wmi', proof: 'assumed' } });
    expect([ended, ran]).toEqual([[1002, 1001], []]);
  });

  test.each([
    ['is listed in our own job', [1, 7]],
    ['may be in our job, which does not show', undefined],
  ])('what another program starts and %s is ended again', async (_, ours) => {
    answer = () => ({ inJob: true });
    [printed, mates] = ['7', ours];
    jobs.set(7, true);
    const started = await windowsLaunch(spec(), waiter);
    expect(started.escape).toMatchObject({ rung: 'breakaway', proof: 'impossible' });
    expect([ended, ran]).toEqual([[1002, 7], [1001]]);
  });

  test('where no rung leads outside the first one runs after all, and says so', () => {
    answer = () => ({ inJob: true });
    const started = windowsSpawn(spec(), waiter);
    expect(started.escape).toMatchObject({ rung: 'breakaway', proof: 'impossible' });
    expect([ended, ran]).toEqual([[1002], [1001]]);
  });
});

test('the creation flags are the documented bits', () => {
  expect(creationFlags('watcher', { breakaway: true })).toBe(0x8 | 0x200 | 0x08000000 | breakaway);
  expect(creationFlags('watcher', { breakaway: false })).toBe(0x8 | 0x200 | 0x08000000);
  expect(creationFlags('gateway', { breakaway: true })).toBe(0x200 | 0x08000000 | breakaway);
});
