/** Who runs what was found on this machine: real processes on real ports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type ProfileInput, profileSchema } from '../contract/profile.ts';
import { stateFolder } from '../files/state-folder.ts';
import { systemClock } from '../process/index.ts';
import { freePort } from '../testing/free-port.ts';
import { withOwners } from './owners.ts';

const serve = `require('node:http').createServer((_, r) => r.end()).listen(Number(process.argv[1]), '127.0.0.1', () => console.log('up'))`;

let folder: string;
let port: number;
const children: ChildProcess[] = [];
const servers: Server[] = [];
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'hf-owners-'));
  port = await freePort();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

const found = (change: Partial<ProfileInput> = {}): ProfileInput => ({
  schema: 1,
  id: 'found',
  name: 'Found',
  program: { type: 'command', command: process.execPath, args: ['-e', serve, '{port}'] },
  port,
  readiness: { type: 'http', path: '/' },
  ...change,
});

/** The owner that is told of it; `absent` when none is. */
async function ownerOf(profile: ProfileInput, known: readonly string[] = []) {
  const preset = { id: 'p', name: 'P', about: '', fields: [] };
  const offered = [{ profile: z.parse(profileSchema, profile), where: 'Here.' }];
  const [view] = await withOwners([{ ...preset, found: offered }], new Set(known), {
    state: stateFolder(folder),
    shipped: { node: process.execPath, script: 'none', buildId: 'none' },
    user: {},
    clock: systemClock,
  });
  const [one] = view?.found ?? [];
  return one && 'owner' in one ? one.owner : 'absent';
}

/** A server here in the test, which is no program that could be a gateway. */
async function listen(answer: 'badly' | 'never'): Promise<void> {
  const server = createServer((_, response) => {
    if (answer === 'badly') response.writeHead(500).end();
  });
  servers.push(server);
  await once(server.listen(port, '127.0.0.1'), 'listening');
}

/** A program of its own that answers 200. */
async function runServer(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', serve, String(port)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

const other = (): ProfileInput => found({ program: { type: 'command', command: '/opt/other' } });

it('nobody runs what does not listen', async () => {
  expect(await ownerOf(found())).toBeNull();
  const { port: _, readiness: __, ...portless } = found();
  expect(await ownerOf(portless)).toBeNull();
});

it('who runs its command is named, unless it is a gateway here already', async () => {
  const { pid } = await runServer();
  expect(await ownerOf(found())).toMatchObject({ pid });
  expect(await ownerOf(found(), ['found'])).toBe('absent');
});

it('another program that answers as it would is named too, and takes no orders', async () => {
  const { pid } = await runServer();
  expect(await ownerOf(other())).toMatchObject({ pid, takesOrders: false });
});

it('a program that merely holds its port does not run it', async () => {
  await listen('badly');
  expect(await ownerOf(other())).toBeNull();
});

it('where something gives no answer nothing is claimed', async () => {
  await listen('never');
  expect(await ownerOf(other())).toBe('absent');
});
