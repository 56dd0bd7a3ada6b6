/** The reference gateway as a real process: its promises about webhooks, stops and starts. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../testing/free-port.ts';
import { ask, Sandbox } from '../testing/reference-gateway.ts';

const onWindows = process.platform === 'win32';
let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.clean());

const inbox = () => readFileSync(join(sandbox.folder, 'inbox.jsonl'), 'utf8');
/** The ids in the inbox; throws when a line is not whole. */
const storedIds = () =>
  inbox()
    .split('\n')
    .slice(0, -1)
    .map((line) => String(JSON.parse(line).id));

test('leaves a passed socket alone that was meant for another process', async () => {
  const { port } = await sandbox.start([], { LISTEN_FDS: '1', LISTEN_PID: '1' });
  expect((await ask(port, '/status')).status).toBe(200);
});

describe('a webhook', () => {
  test('that was acknowledged is in the file exactly once after a kill -9 and repeats', async () => {
    const first = await sandbox.start();
    const ids = Array.from({ length: 200 }, (_, n) => `hook-${n}`);
    const acknowledged = new Set<string>();
    const post = async (port: number, id: string) => {
      const reply = await ask(port, '/webhooks/test', { body: JSON.stringify({ id, n: 1 }) });
      if (reply.status === 200) acknowledged.add(id);
      if (acknowledged.size === 60) first.child.kill('SIGKILL');
    };
    const { port } = first;
    // Twenty at a time: at the kill that many are under way and the rest were never sent.
    const waiting = [...ids];
    const sender = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await post(port, id);
    };
    await Promise.allSettled(Array.from({ length: 20 }, sender));
    expect(await first.ended).toBe('SIGKILL');
    expect(acknowledged.size).toBeGreaterThanOrEqual(60);
    expect(acknowledged.size).toBeLessThan(200);

    const second = await sandbox.start();
    const before = storedIds();
    expect(new Set(before).size).toBe(before.length);
    for (const id of acknowledged) expect(before).toContain(id);

    await Promise.all(ids.map((id) => post(second.port, id)));
    expect(storedIds().sort()).toEqual([...ids].sort());
  });

  test('with the id of an earlier one is acknowledged and not stored again, even while that is being written', async () => {
    const { port } = await sandbox.start();
    const send = () =>
      ask(port, '/webhooks/a', { body: 'plain', headers: { 'idempotency-key': 'x' } });
    const replies = await Promise.all([send(), send(), send()]);
    expect(replies.map((reply) => reply.json.stored)).toEqual([true, true, true]);
    expect(storedIds()).toEqual(['x']);
    await ask(port, '/webhooks/b', { body: '{"id":"x"}' });
    expect(storedIds()).toEqual(['x', 'x']);
    expect((await ask(port, '/status')).json.webhooks).toEqual({ accepted: 2 });
  });

  test('that is half written is cut off at the start, and nothing else', async () => {
    const whole = '{"id":"1","hook":"a","receivedAt":"x","body":1}\n';
    appendFileSync(join(sandbox.folder, 'inbox.jsonl'), `${whole}{"id":"2","ho`);
    const gateway = await sandbox.start();
    expect(inbox()).toBe(whole);
    expect(gateway.output()).toContain('half-written webhook (13 bytes)');
    await ask(gateway.port, '/webhooks/a', { body: '{"id":"1"}' });
    await ask(gateway.port, '/webhooks/a', { body: '{"id":"2"}' });
    expect(storedIds()).toEqual(['1', '2']);
  });

  test.skipIf(onWindows)(
    'that finds a full disk is refused, leaves nothing half-written, and makes the health check fail',
    async () => {
      // 2 KiB per file is all that this process may write.
      const { port } = await sandbox.start([], {}, 'ulimit -f 4;');
      const statuses: number[] = [];
      for (let n = 0; n < 12; n += 1) {
        const body = JSON.stringify({ id: String(n), text: 'x'.repeat(200) });
        statuses.push((await ask(port, '/webhooks/a', { body })).status);
      }
      const good = statuses.filter((status) => status === 200).length;
      expect(statuses.at(-1)).toBe(503);
      expect(good).toBeGreaterThan(2);
      expect((await ask(port, '/healthz')).status).toBe(503);
      expect(inbox().endsWith('\n')).toBe(true);
      expect(storedIds()).toEqual(Array.from({ length: good }, (_, n) => String(n)));
    },
  );

  test.skipIf(process.platform !== 'linux')(
    'is stored although the disk of the log is full, and the gateway stops as usual',
    async () => {
      const port = await freePort();
      writeFileSync(join(sandbox.folder, 'jobs.json'), 'broken, which is reported on stderr');
      const full = 'exec >/dev/full 2>/dev/full;';
      const gateway = sandbox.spawn(['--port', String(port)], {}, full);
      let ended = false;
      void gateway.ended.then(() => {
        ended = true;
      });
      // Its output is lost, so its ready line too: only its answer shows that it is ready.
      while ((await ask(port, '/readyz').catch(() => undefined))?.status !== 200) {
        if (ended) throw new Error('The gateway has ended.');
        await new Promise((resume) => setTimeout(resume, 10));
      }
      expect((await ask(port, '/webhooks/a', { body: '{"id":"1"}' })).status).toBe(200);
      expect(storedIds()).toEqual(['1']);
      gateway.child.kill('SIGTERM');
      expect(await gateway.ended).toBe(0);
    },
  );

  test('that is too large, for another host or from another page is refused', async () => {
    const { port } = await sandbox.start();
    const large = await ask(port, '/webhooks/a', { body: 'x'.repeat(1024 * 1024 + 1) });
    expect(large.status).toBe(413);
    const host = await ask(port, '/status', { headers: { host: 'rebound.example' } });
    expect(host.status).toBe(403);
    const origin = { origin: 'https://page.example' };
    expect((await ask(port, '/webhooks/a', { body: '{}', headers: origin })).status).toBe(403);
    expect((await ask(port, '/constructor')).status).toBe(404);
    expect((await ask(port, '/webhooks/a')).status).toBe(405);
    expect(inbox()).toBe('');
  });
});

describe('a starting gateway', () => {
  test('gives its build and nonce in every answer', async () => {
    const env = { HOLDFAST_GATEWAY_BUILD: 'b7', HOLDFAST_NONCE: 'n-42' };
    const gateway = await sandbox.start([], env);
    const { port } = gateway;
    expect(gateway.output()).toBe(`ready on 127.0.0.1:${port} build b7\n`);
    const health = { status: 'ok', build: 'b7', nonce: 'n-42' };
    expect(await ask(port, '/healthz')).toMatchObject({ status: 200, json: health });
    const status = { build: 'b7', nonce: 'n-42', pid: gateway.child.pid, port, draining: false };
    expect((await ask(port, '/status')).json).toMatchObject({ ...status, activeRequests: 0 });
  });

  test('ends with 75 and one sentence when its port is taken, and touches no file', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    writeFileSync(join(sandbox.folder, 'inbox.jsonl'), 'half');
    const gateway = sandbox.spawn(['--port', String(port)]);
    expect(await gateway.ended).toBe(75);
    expect(gateway.output()).toBe(`Port ${port} on 127.0.0.1 is used by another program.\n`);
    expect(inbox()).toBe('half');
    holder.close();
  });

  test('ends with 78 for a wrong flag, and with 74 for an unusable folder', async () => {
    const wrong = sandbox.spawn(['--prot', '0']);
    expect(await wrong.ended).toBe(78);
    expect(wrong.output()).toContain('--prot');
    writeFileSync(join(sandbox.folder, 'plain-file'), '');
    const data = join(sandbox.folder, 'plain-file', 'data');
    const unusable = sandbox.spawn(['--port', '0', '--data', data]);
    expect(await unusable.ended).toBe(74);
    expect(unusable.output()).toContain("can't be used");
  });
});

describe('a stopping gateway', () => {
  test.skipIf(onWindows)(
    'finishes and stores a request under way, refuses new ones, and exits with 0',
    async () => {
      const gateway = await sandbox.start();
      const { port, child } = gateway;
      const slow = connect(port, '127.0.0.1');
      await once(slow, 'connect');
      slow.write(
        'POST /webhooks/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 14\r\n\r\n{"id":',
      );
      while ((await ask(port, '/status')).json.activeRequests !== 1);
      child.kill('SIGTERM');
      while (!gateway.output().includes('stopping (SIGTERM), 1 active')) {
        if (child.stdout) await once(child.stdout, 'data');
      }
      await expect(ask(port, '/status')).rejects.toThrow('ECONNREFUSED');
      slow.write('"late" }');
      const [answer] = await once(slow, 'data');
      expect(String(answer)).toContain('"stored":true');
      expect(String(answer).toLowerCase()).toContain('connection: close');
      expect(await gateway.ended).toBe(0);
      expect(storedIds()).toEqual(['late']);
    },
  );

  test.skipIf(onWindows)('cuts off a request that never ends after --drain-ms', async () => {
    const gateway = await sandbox.start(['--drain-ms', '100']);
    const stuck = connect(gateway.port, '127.0.0.1');
    stuck.on('error', () => {});
    await once(stuck, 'connect');
    stuck.write('POST /webhooks/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 14\r\n\r\n{"id":');
    while ((await ask(gateway.port, '/status')).json.activeRequests !== 1);
    gateway.child.kill('SIGINT');
    expect(await gateway.ended).toBe(0);
    expect(gateway.output()).toContain('1 requests did not finish in 100 ms');
    expect(inbox()).toBe('');
  });

  test.each([['stop\n'], ['']])(
    'learns it by %j and the end of an inherited stop pipe',
    async (line) => {
      const gateway = await sandbox.start(['--stop-pipe', 'fd:3']);
      const pipe = gateway.child.stdio[3];
      if (pipe && 'end' in pipe) pipe.end(line);
      expect(await gateway.ended).toBe(0);
      expect(gateway.output()).toContain('stopping (stop line)');
    },
  );

  test.skipIf(onWindows)('learns it by the line in a FIFO, not by a writer that left', async () => {
    const fifo = join(sandbox.folder, 'stop');
    execFileSync('mkfifo', [fifo]);
    const gateway = await sandbox.start(['--stop-pipe', fifo]);
    appendFileSync(fifo, 'sto');
    expect((await ask(gateway.port, '/readyz')).status).toBe(200);
    appendFileSync(fifo, 'p\n');
    expect(await gateway.ended).toBe(0);
  });
});
