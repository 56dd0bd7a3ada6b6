/** `holdfast events --follow`: what happens is shown as it happens. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { answerSchemas } from '../contract/answers.ts';
import type { EventFacts } from '../contract/events.ts';
import { prepareStateFolder, type StateFolder, stateFolder } from '../files/state-folder.ts';
import { EventLog } from '../gateway/events/event-log.ts';
import { until } from '../testing/processes.ts';

const main = path.join(import.meta.dirname, 'main.ts');

let folder: string;
let state: StateFolder;
let log: EventLog;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-follow-'));
  state = stateFolder(path.join(folder, 'state'));
  prepareStateFolder(state);
  log = new EventLog(state.eventFile('g'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const happens = (facts: EventFacts): void => log.append([{ ...facts, ...log.moment() }]);

function follow(...words: string[]) {
  const args = [main, '--user-data-dir', state.root, 'events', 'g', '--follow', ...words];
  const child = spawn(process.execPath, args, { env: { ...process.env, NODE_NO_WARNINGS: '1' } });
  children.push(child);
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal })),
  );
  return { child, lines: () => out.split('\n').slice(0, -1), ended };
}

describe('holdfast events --follow', () => {
  it('goes on with each event, once, until it is interrupted', async () => {
    happens({ kind: 'started', why: 'user', pid: 7 });
    const { child, lines, ended } = follow();
    await until(() => lines().length === 2, 'what is there');
    happens({ kind: 'ready', pid: 7 });
    await until(() => lines().length === 3, 'what is added');
    // Removed, and added again: its numbers begin anew.
    rmSync(log.file);
    log.reopen();
    happens({ kind: 'ended', pid: 7, reason: 'exit code 3', output: ['Cannot find module'] });
    await until(() => lines().length === 5, 'what a new file holds');
    expect(lines()[0]).toMatch(/^g, the last 1d: /);
    expect(lines().slice(3)).toEqual([
      expect.stringMatching(/exit code 3/),
      expect.stringMatching(/^ +\| Cannot find module$/),
    ]);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ signal: 'SIGINT' });
  });

  it('with --json each line is one event that fits its schema', async () => {
    happens({ kind: 'started', why: 'user', pid: 7 });
    const { child, lines, ended } = follow('--json');
    await until(() => lines().length === 1, 'what is there');
    happens({ kind: 'ready', pid: 7 });
    await until(() => lines().length === 2, 'what is added');
    const events = lines().map((line) => z.parse(answerSchemas['events-follow'], JSON.parse(line)));
    expect(events).toMatchObject([
      { schema: 1, id: 'g', event: { seq: 1, kind: 'started' } },
      { schema: 1, id: 'g', event: { seq: 2, kind: 'ready' } },
    ]);
    child.stdout.destroy();
    happens({ kind: 'recovered', pid: 7 });
    expect(await ended).toEqual({ code: 0, signal: null });
  });
});
