/** The line to real watchers: launched, lost, found again, replaced; and impostors found out. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ContractError } from '../contract/define.ts';
import type { Identity } from '../contract/identity.ts';
import type { ReportedEnvironment } from '../contract/watcher-contract.ts';
import { isAlive, selfIdentity, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { connectWatcher } from '../rpc/client.ts';
import { readEndpoint, readSecret, writeEndpoint } from '../rpc/endpoint.ts';
import { handClock } from '../testing/hand-clock.ts';
import { createSource } from '../testing/stage-source.ts';
import { type Bench, createBench, statusOf, until } from '../testing/watcher-bench.ts';
import { createLink } from './link.ts';
import type { Link, LinkDeps } from './types.ts';

let bench: Bench;
let links: Link[] = [];
let servers: Server[] = [];
beforeEach(async () => {
  bench = await createBench();
});
afterEach(async () => {
  for (const link of links) link.close();
  for (const server of servers) server.close();
  links = [];
  servers = [];
  await bench.sweep();
});

function newLink(buildId = '0.0.0+dev', changes: Partial<LinkDeps> = {}): Link {
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const link = createLink({
    state: bench.state,
    source: createSource(bench.folder, buildId),
    version: '0.0.0',
    buildId,
    log: silent,
    clock: systemClock,
    ...changes,
  });
  links.push(link);
  return link;
}

function runningIn(link: Link): Identity | false {
  const state = link.watcher()?.gateways.ref?.state;
  return state?.status === 'running' && state.identity;
}

/** Hangs up all links and has the watcher end: nothing may be left. */
async function finish(): Promise<void> {
  for (const link of links) link.close();
  await bench.finish();
}

it.skipIf(process.platform !== 'linux')(
  'a watcher inherits no switch of Node, and passes none to its gateways [R67, R104]',
  async () => {
    const stray = {
      NODE_OPTIONS: '--no-deprecation',
      NODE_V8_COVERAGE: path.join(bench.folder, 'coverage'),
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_EXTRA_CA_CERTS: '/no/such/file',
      ELECTRON_RUN_AS_NODE: '1',
    };
    const before = Object.keys(stray).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, stray);
    try {
      const link = newLink();
      await link.connect();
      const gateway = await until(() => runningIn(link), 'the gateway to run');
      const pids = [link.watcher()?.watcher.identity.pid, gateway.pid];
      for (const pid of pids) {
        const seen = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        expect(seen.join(' ')).toContain(`HOLDFAST_STATE=${bench.state.root}`);
        for (const name of Object.keys(stray)) {
          expect(seen.filter((one) => one.startsWith(`${name}=`))).toEqual([]);
        }
      }
      await finish();
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  },
);

it('reports the user’s environment to a watcher as soon as it is known', async () => {
  let report: (environment: ReportedEnvironment) => void = () => {};
  const known = new Promise<ReportedEnvironment>((resolve) => {
    report = resolve;
  });
  const link = newLink('0.0.0+dev', { environment: () => known });
  await link.connect();
  report({ from: 'app', path: `${bench.folder}/bin` });
  await expect
    .poll(() =>
      existsSync(bench.state.environment) ? readFileSync(bench.state.environment, 'utf8') : '',
    )
    .toContain(`${bench.folder}/bin`);
  await finish();
});

it('leads the command line to its build, though the app that launched the watcher was killed before it did [R147]', async () => {
  await newLink().connect();
  const text = readFileSync(bench.state.launcher, 'utf8');
  writeFileSync(bench.state.launcher, text.replace(/bundle-[a-f0-9]+/, 'bundle-older'));
  const draft = `${bench.state.launcher}.0123456789ab.tmp`;
  writeFileSync(draft, '#!/bin');
  await newLink().connect();
  expect(readFileSync(bench.state.launcher, 'utf8')).toBe(text);
  expect(existsSync(draft)).toBe(false);
  await finish();
});

it('stages and launches a watcher, mirrors it, and proves its escape', async () => {
  const link = newLink();
  await link.connect();
  expect(link.state().status).toBe('connected');
  const gateway = await until(() => runningIn(link), 'the gateway to run');
  expect((await statusOf(bench.port)).pid).toBe(gateway.pid);
  expect(link.watcher()?.watcher.escape).toMatchObject({
    proof: expect.stringMatching(/proven|assumed/),
  });
  expect(readFileSync(`/proc/${link.watcher()?.watcher.identity.pid}/cmdline`, 'utf8')).toContain(
    `${bench.state.staged}/bundle-`,
  );
  await finish();
});

it('moves the errors of earlier watchers aside, once the file is large', async () => {
  const file = path.join(bench.state.logs, 'watcher-stderr.log');
  mkdirSync(bench.state.logs, { recursive: true });
  writeFileSync(file, 'no space\n'.repeat(200_000));
  const link = newLink();
  await link.connect();
  expect(readFileSync(file, 'utf8')).toBe('');
  expect(readFileSync(`${file}.1`, 'utf8')).toContain('no space');
  await finish();
});

it('starts one watcher for many apps', async () => {
  const many = Array.from({ length: 5 }, () => newLink());
  await Promise.all(many.map((link) => link.connect()));
  const pids = new Set(many.map((link) => link.watcher()?.watcher.identity.pid));
  expect(pids.size).toBe(1);
  await finish();
});

/** Who is not root gets a PID namespace inside a user namespace. */
const otherPids = [
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-current-user']),
  ...['--pid', '--fork', '--mount-proc', '--kill-child=KILL', '--'],
];
const hasNamespaces =
  process.platform === 'linux' && spawnSync('unshare', [...otherPids, 'true']).status === 0;

it.skipIf(!hasNamespaces)(
  'finds a watcher whose process can’t be seen, in a container [R56]',
  async () => {
    const link = newLink();
    await link.connect();
    const watcher = link.watcher()?.watcher.identity;
    const answer = path.join(bench.folder, 'answer.json');
    const program = path.join(import.meta.dirname, '../testing/app-in-job.ts');
    const words = [process.execPath, program, bench.folder, bench.state.root, answer];
    const inside = spawn('unshare', [...otherPids, ...words], { stdio: 'ignore' });
    await until(() => existsSync(answer), 'the one in the container to have found it');
    const found: { identity: Identity } = JSON.parse(readFileSync(answer, 'utf8'));
    expect(found.identity).toEqual(watcher);
    inside.kill('SIGKILL');
    await once(inside, 'exit');
    await finish();
  },
);

it('starts a new watcher when the old one is killed; the gateway is the same', async () => {
  const link = newLink();
  await link.connect();
  const before = await until(() => runningIn(link), 'the gateway to run');
  const old = link.watcher()?.watcher.identity;
  if (!old) throw new Error('not connected');
  const seen: string[] = [];
  link.subscribe(() => seen.push(link.state().status));
  platform.signal(old, 'SIGKILL');
  await until(
    () => link.state().status === 'connected' && link.watcher()?.watcher.identity.pid !== old.pid,
    'another watcher',
  );
  expect(seen).toContain('connecting');
  // An error for a tenth of a second, at every crash of the watcher, would be an alarm about nothing.
  expect(seen).not.toContain('lost');
  expect(await until(() => runningIn(link), 'the gateway to be taken over')).toEqual(before);
  expect(isAlive(before)).toBe(true);
  // Calls go to the new one.
  await link.client.call('gateway.restart', { id: 'ref' });
  await until(() => {
    const now = runningIn(link);
    return now && now.pid !== before.pid;
  }, 'the gateway to be restarted');
  await finish();
});

it('replaces a watcher of another build; the gateway runs on', async () => {
  const old = await bench.serve();
  const link = newLink('0.0.1+next');
  await link.connect();
  const before = await until(() => runningIn(link), 'the gateway to run');
  expect(link.watcher()?.watcher.identity.pid).toBe(old.identity.pid);
  await link.succeed();
  expect((await old.ended).code).toBe(0);
  expect(link.state().status).toBe('connected');
  expect(link.watcher()?.watcher.identity.pid).not.toBe(old.identity.pid);
  expect(await until(() => runningIn(link), 'the gateway to be taken over')).toEqual(before);
  await finish();
});

it('keeps the old watcher when the new one cannot start, and says why [F9]', async () => {
  const old = await bench.serve();
  const link = newLink('0.0.1+broken');
  await link.connect();
  const before = await until(() => runningIn(link), 'the gateway to run');
  const source = path.join(bench.folder, 'node');
  writeFileSync(source, '#!/bin/sh\necho "[$$] This build is broken." >&2\nexit 3\n', {
    mode: 0o700,
  });
  await expect(link.succeed()).rejects.toThrow(/This build is broken/);
  expect(isAlive(old.identity)).toBe(true);
  expect(link.state().status).toBe('connected');
  expect(runningIn(link)).toEqual(before);
  await link.client.call('gateway.start', { id: 'ref' });
  await finish();
});

it('finds out a server that does not know the secret before telling it anything', async () => {
  await bench.serve();
  const secret = readSecret(bench.state) ?? '';
  const heard: string[] = [];
  const socket = path.join(bench.folder, 'f.sock');
  const server = createServer((line) => {
    line.on('error', () => {});
    line.on('data', (chunk) => {
      heard.push(String(chunk));
      const lie = { challenge: 'b'.repeat(64), proof: 'c'.repeat(64) };
      line.write(`${JSON.stringify(lie)}\n`);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await expect(connectWatcher({ socket, secret, clock: systemClock })).rejects.toThrow(
    /does not know the secret/,
  );
  expect(heard).toHaveLength(1);
  expect(JSON.parse(heard[0] ?? '')).toEqual({
    challenge: expect.stringMatching(/^[a-f0-9]{64}$/),
  });
  await bench.finish();
});

it('says so when a running watcher does not answer', async () => {
  mkdirSync(bench.state.run, { recursive: true });
  writeFileSync(bench.state.secret, 'a'.repeat(64), { mode: 0o600 });
  const socket = path.join(bench.folder, 'gone.sock');
  const about = { version: '0.0.0', buildId: 'x', protocol: 1 };
  writeEndpoint(bench.state, { socket, identity: selfIdentity(), ...about });
  const link = newLink();
  await expect(link.connect()).rejects.toThrow(/lives but can't be used/);
  const state = link.state();
  expect(state.status === 'lost' && state.problem.message).toMatch(/lives but can't be used/);
  await expect(link.client.call('gateway.start', { id: 'ref' })).rejects.toThrow(/lives but/);
  // Once that file is gone, the link recovers without help.
  rmSync(bench.state.endpoint);
  await until(() => link.state().status === 'connected', 'the link to recover');
  await finish();
});

it('says that a watcher does not answer, fails what it was asked, and goes on when it does', async () => {
  const watcher = await bench.serve();
  const link = newLink('0.0.0+dev', { answerMs: 2_000 });
  await link.connect();
  const before = await until(() => runningIn(link), 'the gateway to run');
  const seen: string[] = [];
  link.subscribe(() => {
    const state = link.state();
    seen.push(state.status === 'lost' ? state.problem.message : state.status);
  });
  process.kill(watcher.identity.pid, 'SIGSTOP');
  const silent = 'The background service does not answer.';
  // An answer for the user, so the log keeps no stack of it as it does of a fault.
  const failed = await link.client.call('profile.list', null).catch((error: unknown) => error);
  expect(failed).toEqual(new ContractError(silent));
  expect(failed).toBeInstanceOf(ContractError);
  expect(seen.at(-1)).toBe(silent);
  process.kill(watcher.identity.pid, 'SIGCONT');
  await until(() => link.state().status === 'connected', 'the line to stand again');
  // Without a question open it is found out too.
  seen.length = 0;
  process.kill(watcher.identity.pid, 'SIGSTOP');
  await until(() => seen.includes(silent), 'the link to say so');
  process.kill(watcher.identity.pid, 'SIGCONT');
  await until(() => link.state().status === 'connected', 'the line to stand once more');
  expect(link.watcher()?.watcher.identity).toEqual(watcher.identity);
  expect(runningIn(link)).toEqual(before);
  await finish();
});

it('waits for a slow answer as long as the watcher is there', async () => {
  const go = path.join(bench.folder, 'go');
  const script = `
    const end = () => setInterval(() => { if (require('node:fs').existsSync(process.argv[1])) process.exit(); }, 10);
    process.on('SIGTERM', end); setInterval(() => {}, 1e6); console.log('up');`;
  const slow = await createBench({
    program: { type: 'command', command: process.execPath, args: ['-e', script, go] },
    readiness: { type: 'stdout', pattern: 'up' },
  });
  try {
    await slow.serve();
    const { socket } = readEndpoint(slow.state) ?? { socket: '' };
    const secret = readSecret(slow.state) ?? '';
    const { clock, waits, pass } = handClock();
    const line = await connectWatcher({ socket, secret, clock });
    await slow.running(line);
    const stopped = line.call('gateway.stop', { id: 'ref' });
    // More often than it pings in vain before it hangs up.
    for (let turn = 0; turn < 5; turn += 1) {
      pass();
      const [silence] = waits;
      await until(() => silence && !waits.has(silence), 'the watcher to answer a ping');
    }
    writeFileSync(go, '');
    await stopped;
    line.close();
    await slow.finish();
  } finally {
    await slow.sweep();
  }
});

it('replaces a watcher that lives but hangs; the gateway is the same', async () => {
  const old = await bench.serve();
  const before = await bench.running(await bench.client());
  process.kill(old.identity.pid, 'SIGSTOP');
  const link = newLink('0.0.0+dev', { answerMs: 1_500 });
  await expect(link.connect()).rejects.toThrow(/lives but can't be used: .* does not answer/);
  await until(() => link.state().status === 'connected', 'another watcher to serve');
  expect((await old.ended).signal).toBe('SIGKILL');
  expect(await until(() => runningIn(link), 'the gateway to be taken over')).toEqual(before);
  await finish();
});

it('says in a sentence that the state folder is read-only', async () => {
  if (process.getuid?.() === 0) {
    // Root may write anywhere; a file in the folder's place is what root can't write to.
    rmSync(bench.state.staged, { recursive: true });
    writeFileSync(bench.state.staged, '');
  } else {
    chmodSync(bench.state.staged, 0o500);
  }
  const link = newLink();
  await expect(link.connect()).rejects.toThrow(/could not be put into .*staged/);
  link.close();
  if (process.getuid?.() !== 0) chmodSync(bench.state.staged, 0o700);
  expect(readEndpoint(bench.state)).toBeUndefined();
  await bench.finish();
});

it('follows a log, and stops following with the connection', async () => {
  const link = newLink();
  await link.connect();
  await until(() => runningIn(link), 'the gateway to run');
  const lines: string[] = [];
  link.client.on('log', (news) => lines.push(...news.lines.map(({ text }) => text)));
  const first = await link.client.call('log.follow', { id: 'ref', lines: 100 });
  expect(first.lines.map(({ text }) => text).join('\n')).toMatch(/ready on 127\.0\.0\.1/);
  await link.client.call('gateway.restart', { id: 'ref' });
  await until(() => lines.some((line) => line.includes('ready on')), 'the new line');
  await finish();
});
