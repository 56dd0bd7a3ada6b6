/** Real watchers: which clients they admit, which of them may run, what survives them, how they end. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import path, { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mirrorWatcher } from '../link/mirror.ts';
import { isAlive, systemClock } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { connectWatcher } from '../rpc/client.ts';
import { readEndpoint, readSecret } from '../rpc/endpoint.ts';
import { eventually } from '../testing/eventually.ts';
import { type Bench, createBench, statusOf, until } from '../testing/watcher-bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.sweep());

/** Sends raw bytes; resolves with everything that came back once the other side hung up. */
function raw(socket: string, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const line = connect(socket, () => line.write(bytes));
    line.on('data', (chunk) => {
      heard += String(chunk);
    });
    line.on('error', () => {});
    line.on('close', () => resolve(heard));
  });
}

describe('the socket', () => {
  it('refuses a client that does not know the secret', async () => {
    await bench.serve();
    const { socket } = readEndpoint(bench.state) ?? { socket: '' };
    const wrong = 'f'.repeat(64);
    // A client that has another secret refuses the server first …
    await expect(connectWatcher({ socket, secret: wrong, clock: systemClock })).rejects.toThrow(
      /does not know the secret/,
    );
    // … and one that goes on regardless is refused by the server. The last line makes it hang up in any
    // case, so that a server that admits everyone is noticed at once.
    const words = [
      { challenge: 'a'.repeat(64) },
      { proof: wrong },
      { id: 1, call: 'hello', input: { role: 'app', protocol: 1 } },
      null,
    ];
    const heard = await raw(socket, words.map((word) => `${JSON.stringify(word)}\n`).join(''));
    expect(heard).toMatch(/refused.*does not know the secret/);
    expect(heard).not.toMatch(/buildId/);
    await bench.finish();
  });

  it('hangs up on garbage, on oversized greetings, and answers nothing before the proof', async () => {
    const watcher = await bench.serve();
    const { socket } = readEndpoint(bench.state) ?? { socket: '' };
    expect(await raw(socket, 'GET / HTTP/1.1\r\n\r\n')).toMatch(/refused/);
    expect(await raw(socket, Buffer.alloc(64 * 1024, 0x7b))).not.toMatch(/challenge/);
    expect(await raw(socket, '{"id":1,"call":"hello"}\n')).not.toMatch(/buildId/);
    expect(await raw(socket, Buffer.from([0, 1, 2, 0xff, 0xfe, 10]))).toMatch(/refused/);
    const client = await bench.client();
    await expect(client.call('gateway.start', { id: 'unknown' })).rejects.toThrow(
      /no gateway called "unknown"/,
    );
    expect(isAlive(watcher.identity)).toBe(true);
    await bench.finish();
  });

  it('hangs up on a stranger that says nothing', async () => {
    await bench.serve();
    const { socket } = readEndpoint(bench.state) ?? { socket: '' };
    expect(await raw(socket, '')).toMatch(/did not prove itself in time/);
    await bench.finish();
  });

  it('keeps secret and endpoint to its user', async () => {
    await bench.serve();
    expect(statSync(bench.state.secret).mode & 0o777).toBe(0o600);
    expect(statSync(bench.state.endpoint).mode & 0o777).toBe(0o600);
    expect(readFileSync(bench.state.watcherLog, 'utf8')).not.toContain(readSecret(bench.state));
    await bench.finish();
  });
});

describe('one watcher', () => {
  it('refuses to be the second one on a state folder', async () => {
    await bench.serve();
    const second = await bench.start().ended;
    expect(second.code).toBe(75);
    expect(second.said).toMatch(/Another watcher .* serves/);
    // launchd would start it again for ever after any other code.
    expect((await bench.start('--final-as-success').ended).code).toBe(0);
    await bench.finish();
  });

  it('is the only one left of ten that start at once [F36]', async () => {
    const all = Array.from({ length: 10 }, () => bench.start());
    await until(() => readEndpoint(bench.state), 'one to serve');
    const serving = readEndpoint(bench.state)?.identity.pid;
    const others = all.filter((one) => one.identity.pid !== serving);
    expect(others).toHaveLength(9);
    for (const { code } of await Promise.all(others.map((one) => one.ended))) expect(code).toBe(75);
    const gateway = await bench.running(await bench.client());
    expect((await statusOf(bench.port)).pid).toBe(gateway.pid);
    await bench.finish();
  });

  it.skipIf(process.platform === 'win32')(
    'takes its lock again when the file was removed [R81]',
    async () => {
      await bench.serve();
      const gateway = await bench.running(await bench.client());
      rmSync(bench.state.watcherLock);
      await until(() => existsSync(bench.state.watcherLock), 'the lock to be back');
      expect((await bench.start().ended).code).toBe(75);
      expect(await bench.running(await bench.client())).toEqual(gateway);
      await bench.finish();
    },
  );

  it.skipIf(process.platform === 'win32')(
    'makes way for another that took a lock whose file was removed [R81]',
    async () => {
      const first = await bench.serve();
      const gateway = await bench.running(await bench.client());
      // The other one is quicker: the first notices the change to the folder after it.
      const { pid } = first.identity;
      process.kill(pid, 'SIGSTOP');
      rmSync(bench.state.watcherLock);
      const second = await bench.serve();
      process.kill(pid, 'SIGCONT');
      expect((await first.ended).code).toBe(0);
      expect(readEndpoint(bench.state)?.identity).toEqual(second.identity);
      expect(await bench.running(await bench.client())).toEqual(gateway);
      expect((await statusOf(bench.port)).pid).toBe(gateway.pid);
      await bench.finish();
    },
  );

  it('says in a sentence why it cannot use a state folder', async () => {
    rmSync(bench.state.run, { recursive: true });
    writeFileSync(bench.state.run, 'not a folder');
    const file = await bench.start().ended;
    expect(file.code).toBe(77);
    expect(file.said).toMatch(/Holdfast cannot create its folder .*run|is not a folder/);
    rmSync(bench.state.run);
    if (process.getuid?.() === 0) return;
    mkdirSync(bench.state.run, { mode: 0o700 });
    chmodSync(bench.state.run, 0o500);
    chmodSync(bench.state.root, 0o500);
    const readOnly = await bench.start().ended;
    chmodSync(bench.state.root, 0o700);
    expect(readOnly.code).not.toBe(0);
    expect(readOnly.said).toMatch(/\[\d+\] [A-Z].*\./);
  });

  it('says what is wrong with its arguments', async () => {
    const { code, said } = await bench.start('--frobnicate').ended;
    expect(code).toBe(64);
    expect(said).toMatch(/--frobnicate is not an option/);
  });
});

describe('a watcher whose socket or files are removed', () => {
  /** A folder for sockets that no other test uses. */
  async function ownRuntimeFolder(act: (folder: string) => Promise<void>): Promise<void> {
    const folder = mkdtempSync('/tmp/hf-run-');
    const before = process.env.XDG_RUNTIME_DIR;
    process.env.XDG_RUNTIME_DIR = folder;
    try {
      await act(folder);
    } finally {
      if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
      else process.env.XDG_RUNTIME_DIR = before;
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it('listens again where its socket was, and clients stay connected', async () => {
    await ownRuntimeFolder(async (folder) => {
      const { identity } = await bench.serve();
      const early = await bench.client();
      let hungUp = false;
      early.onClose(() => {
        hungUp = true;
      });
      const gateway = await bench.running(early);
      const { socket } = readEndpoint(bench.state) ?? { socket: '' };
      expect(socket.startsWith(folder)).toBe(true);
      for (const gone of [socket, dirname(socket)]) {
        rmSync(gone, { recursive: true });
        // A socket has its name a moment before it takes connections.
        const late = await eventually(() => bench.client(), 5);
        expect((await late.call('subscribe', null)).state.watcher.identity).toEqual(identity);
        expect(await bench.running(late)).toEqual(gateway);
      }
      expect(statSync(socket).mode & 0o777).toBe(0o600);
      expect(hungUp).toBe(false);
      early.close();
      await bench.finish();
      expect(existsSync(socket)).toBe(false);
    });
  });

  it('writes its endpoint and its secret again', async () => {
    const { identity } = await bench.serve();
    const first = readEndpoint(bench.state);
    const secret = readSecret(bench.state);
    const gateway = await bench.running(await bench.client());
    for (const gone of [bench.state.endpoint, bench.state.secret]) {
      rmSync(gone);
      await until(() => readEndpoint(bench.state) && readSecret(bench.state), `${gone} to be back`);
      expect(readEndpoint(bench.state)).toEqual(first);
      expect(readSecret(bench.state)).toBe(secret);
      expect(await bench.running(await bench.client())).toEqual(gateway);
    }
    expect(first?.identity).toEqual(identity);
    await bench.finish();
  });
});

describe('a first start', () => {
  const profiles = () => readdirSync(bench.state.profiles);

  it('sets up no gateway that nobody asked for', async () => {
    rmSync(path.join(bench.state.profiles, 'ref.json'));
    await bench.serve();
    expect(profiles()).toEqual([]);
    await bench.finish();
  });

  it('sets up the demo gateway when it is asked to, where there is no other', async () => {
    await bench.serve('--demo');
    expect(profiles()).toEqual(['ref.json']);
    await bench.finish();
    rmSync(bench.state.secret);
    rmSync(path.join(bench.state.profiles, 'ref.json'));
    await bench.serve('--demo');
    expect(profiles()).toEqual(['reference.json']);
    await bench.finish();
    // What its user takes away stays away.
    rmSync(path.join(bench.state.profiles, 'reference.json'));
    await bench.serve('--demo');
    expect(profiles()).toEqual([]);
    await bench.finish();
  });
});

describe('a watcher and its gateway', () => {
  it('restarts a gateway that crashes while no client is there', async () => {
    await bench.serve();
    const first = await bench.client();
    const before = await bench.running(first);
    first.close();
    platform.signal(before, 'SIGKILL');
    await until(() => !isAlive(before), 'the gateway to be dead');
    const after = await bench.running(await bench.client(), before);
    expect(after.startedAt).not.toBe(before.startedAt);
    await bench.finish();
  });

  it('is survived by its gateway, which the next one takes over', async () => {
    const first = await bench.serve();
    const before = await bench.running(await bench.client());
    platform.signal(first.identity, 'SIGKILL');
    await first.ended;
    expect(isAlive(before)).toBe(true);
    expect((await statusOf(bench.port)).pid).toBe(before.pid);
    await bench.serve();
    expect(await bench.running(await bench.client())).toEqual(before);
    await bench.finish();
  });

  it('keeps its gateway running when it is asked to end', async () => {
    const first = await bench.serve();
    const before = await bench.running(await bench.client());
    platform.signal(first.identity, 'SIGTERM');
    expect((await first.ended).code).toBe(0);
    expect(isAlive(before)).toBe(true);
    expect(readEndpoint(bench.state)).toBeUndefined();
    await bench.serve();
    expect(await bench.running(await bench.client())).toEqual(before);
    await bench.finish();
  });

  it('removes the draft of a file that a killed watcher left [F19]', async () => {
    const { ledger, run, profiles, updates } = bench.state;
    const drafts = [ledger, run, profiles, updates].map(
      (one) => `${one}/ref.json.0123456789ab.tmp`,
    );
    for (const draft of drafts) writeFileSync(draft, '{"half":');
    await bench.serve();
    expect(drafts.filter((draft) => existsSync(draft))).toEqual([]);
    await bench.running(await bench.client());
    await bench.finish();
  });
});

describe('a running watcher', () => {
  it('starts the gateways again that were only stopped with it', async () => {
    const first = await bench.serve();
    const client = await bench.client();
    const before = await bench.running(client);
    await client.call('watcher.retire', { gateways: 'stop' });
    await first.ended;
    expect(isAlive(before)).toBe(false);
    await bench.serve();
    expect((await bench.running(await bench.client())).pid).not.toBe(before.pid);
    await bench.finish();
  });

  it('ends itself when it has nothing to do', async () => {
    const watcher = await bench.serve('--idle-ms', '200');
    const client = await bench.client();
    await bench.running(client);
    await client.call('gateway.stop', { id: 'ref' });
    // A client holds it …
    expect(isAlive(watcher.identity)).toBe(true);
    client.close();
    // … and nothing else does.
    expect((await watcher.ended).code).toBe(0);
    expect(readFileSync(bench.state.watcherLog, 'utf8')).toMatch(/nothing left to do/);
    await bench.finish();
  });

  it('goes on when its log cannot be written', async () => {
    rmSync(bench.state.logs, { recursive: true });
    mkdirSync(bench.state.watcherLog, { recursive: true });
    await bench.serve();
    const client = await bench.client();
    await bench.running(client);
    const { state } = await client.call('subscribe', null);
    expect(state.problems.map(({ message }) => message).join()).toMatch(/can't write its log/);
    await bench.finish();
  });

  it('sends patches that lead to the same state as a fresh snapshot', async () => {
    await bench.serve();
    const client = await bench.client();
    const mirror = await mirrorWatcher(client, { clock: systemClock, onChange: () => {} });
    await bench.running(client);
    await client.call('gateway.restart', { id: 'ref' });
    await client.call('gateway.stop', { id: 'ref' });
    // The effect of a call is published before its answer.
    expect(mirror.state().gateways.ref?.state.status).toBe('stopped');
    const fresh = await (await bench.client()).call('subscribe', null);
    expect(mirror.state()).toEqual(fresh.state);
    await bench.finish();
  });
});
