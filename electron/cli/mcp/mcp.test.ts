/** `holdfast mcp`, asked by the SDK's own client over real pipes; also by an agent that lives in a gateway. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { readHistory } from '../../gateway/events/event-log.ts';
import { saveProfile } from '../../gateway/profiles/profiles.ts';
import { type Bench, createBench, statusOf, until } from '../../testing/watcher-bench.ts';

const main = path.join(import.meta.dirname, '../main.ts');

let bench: Bench;
const clients: Client[] = [];
beforeEach(async () => {
  bench = await createBench();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await bench.sweep();
});

async function connect(): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  clients.push(client);
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [main, '--user-data-dir', bench.state.root, 'mcp'],
      env: { NODE_NO_WARNINGS: '1' },
    }),
  );
  return client;
}

const resultSchema = z.object({
  content: z.array(z.object({ type: z.literal('text'), text: z.string() })),
  isError: z.optional(z.boolean()),
});

async function ask(client: Client, name: string, input: Readonly<Record<string, unknown>> = {}) {
  const { content, isError } = z.parse(
    resultSchema,
    await client.callTool({ name, arguments: { ...input } }),
  );
  return { text: content.map(({ text }) => text).join('\n'), isError: isError === true };
}

const ordered = (id: string) =>
  readHistory(bench.state.eventFile(id)).events.filter(({ by }) => by?.through === 'agent');

/** Asks by one piece of text, as a script does, whose pipe ends with it; answers the ids that were answered. */
async function pipe(...messages: readonly object[]): Promise<readonly unknown[]> {
  const words = [main, '--user-data-dir', bench.state.root, 'mcp'];
  const child = spawn(process.execPath, words, {
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(
    messages.map((one) => `${JSON.stringify({ jsonrpc: '2.0', ...one })}\n`).join(''),
  );
  const answers = (await text(child.stdout)).trim().split('\n');
  return answers.map((line) => z.parse(z.object({ id: z.number() }), JSON.parse(line)).id);
}

describe('holdfast mcp', () => {
  it('answers what a pipe asks that ends with its last question', async () => {
    // An answer that has to be fetched takes its time.
    await bench.serve();
    const list = { method: 'tools/call', params: { name: 'list', arguments: {} } };
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    };
    const answered = await pipe(
      { id: 1, method: 'initialize', params },
      { method: 'notifications/initialized' },
      { id: 2, ...list },
      { id: 3, ...list },
    );
    expect([...answered].sort()).toEqual([1, 2, 3]);
  });

  it('lets an agent look at everything, and starts nothing for it', async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    const names = (only: boolean): string[] =>
      tools.filter((one) => (one.annotations?.readOnlyHint === true) === only).map((t) => t.name);
    expect(names(true)).toEqual(['list', 'status', 'logs', 'events', 'analyze', 'doctor']);
    expect(names(false)).toEqual(['start', 'stop', 'restart', 'update']);
    expect(JSON.parse((await ask(client, 'list')).text)).toMatchObject({
      service: null,
      gateways: [{ id: 'ref', state: 'stopped' }],
    });
    expect((await ask(client, 'restart', { gateway: 'ref' })).isError).toBe(true);
    expect(bench.census()).toEqual([]);

    await bench.serve();
    await bench.running(await bench.client());
    expect(JSON.parse((await ask(client, 'status', { gateway: 'refer' })).text)).toMatchObject({
      gateways: [{ id: 'ref', state: 'running', well: true }],
    });
    expect((await ask(client, 'logs', { gateway: 'ref', lines: 5 })).text).toMatch(/ready on/);
    expect(JSON.parse((await ask(client, 'events', { gateway: 'ref' })).text)).toMatchObject({
      id: 'ref',
      events: expect.arrayContaining([expect.objectContaining({ kind: 'ready' })]),
    });
    expect(JSON.parse((await ask(client, 'analyze', { gateway: 'ref' })).text).id).toBe('ref');
    expect((await ask(client, 'doctor')).text).toContain('"probes"');
    const unknown = await ask(client, 'status', { gateway: 'nobody' });
    expect(unknown).toMatchObject({ isError: true, text: expect.stringMatching(/no gateway/) });
    await bench.finish();
  });

  it('lets it act only where that was granted, and says how to grant it', async () => {
    await bench.serve();
    const connection = await bench.client();
    const before = await bench.running(connection);
    const client = await connect();
    const refused = await ask(client, 'restart', { gateway: 'ref' });
    expect(refused).toMatchObject({
      isError: true,
      text: expect.stringMatching(
        /^Agents may not restart Reference.*holdfast edit ref --agents act/,
      ),
    });
    // Also one that asks the watcher by itself.
    const order = { id: 'ref', order: 'stop', afterMs: 0 } as const;
    await expect(connection.call('agent.order', order)).rejects.toThrow(/Agents may not stop/);
    expect((await statusOf(bench.port)).pid).toBe(before.pid);

    await connection.call('profile.save', { profile: { ...bench.profile, agents: 'act' } });
    expect((await statusOf(bench.port)).pid).toBe(before.pid);
    const restarted = JSON.parse((await ask(client, 'restart', { gateway: 'ref' })).text);
    expect(restarted).toMatchObject({ command: 'restart', done: true });
    await bench.running(connection, before);
    expect(ordered('ref').map(({ kind }) => kind)).toEqual(['ended', 'started']);
    const stopped = JSON.parse((await ask(client, 'stop', { gateway: 'ref' })).text);
    expect(stopped).toMatchObject({ done: true, gateways: [{ gateway: { state: 'stopped' } }] });
    const started = JSON.parse((await ask(client, 'start', { gateway: 'ref' })).text);
    expect(started).toMatchObject({ done: true, gateways: [{ gateway: { state: 'running' } }] });
    expect((await ask(client, 'update', { gateway: 'ref' })).isError).toBe(true);
    await bench.finish();
  });

  it('answers an agent that restarts the gateway it lives in before that, and tells it afterwards how it went', async () => {
    const notes = path.join(bench.folder, 'notes.jsonl');
    const agent = path.join(bench.folder, 'agent.mjs');
    const sdk = (part: string): string =>
      JSON.stringify(import.meta.resolve(`@modelcontextprotocol/sdk/client/${part}.js`));
    const server = {
      command: process.execPath,
      args: [main, '--user-data-dir', bench.state.root, 'mcp'],
    };
    // Its client passes on no variable of ours: it is known by its place among the processes.
    writeFileSync(
      agent,
      `import { appendFileSync, existsSync } from 'node:fs';
import { Client } from ${sdk('index')};
import { StdioClientTransport } from ${sdk('stdio')};
const isFirst = !existsSync(${JSON.stringify(notes)});
const note = (what) => appendFileSync(${JSON.stringify(notes)}, JSON.stringify({ pid: process.pid, ...what }) + '\\n');
const client = new Client({ name: 'agent', version: '1' });
await client.connect(new StdioClientTransport(${JSON.stringify(server)}));
note({ told: client.getInstructions() });
if (isFirst) {
  const { content } = await client.callTool({ name: 'restart', arguments: { gateway: 'agent', after_seconds: 1 } });
  note({ answer: content[0].text });
}
setInterval(() => {}, 2 ** 30);
`,
    );
    const { port: _, status: _s, liveness: _l, ...rest } = bench.profile;
    saveProfile(bench.state.profiles, {
      ...{ ...rest, id: 'agent', name: 'Agent', agents: 'act', readiness: { type: 'started' } },
      program: { type: 'command', command: process.execPath, args: [agent] },
      update: { policy: 'keep' },
    });
    await bench.serve();
    const lines = (): readonly { pid: number; told?: string; answer?: string }[] =>
      existsSync(notes)
        ? readFileSync(notes, 'utf8')
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line))
        : [];
    await until(() => lines().length >= 3, 'the agent to be told how it went');
    const [first, answered, second] = lines();
    expect(first?.told).toMatch(/You run in the gateway Agent \(id agent\)/);
    expect(first?.told).not.toMatch(/asked for that lately/);
    expect(answered?.pid).toBe(first?.pid);
    expect(JSON.parse(answered?.answer ?? '')).toMatchObject({
      command: 'restart',
      handedOver: true,
      afterMs: 1_000,
    });
    expect(second?.pid).not.toBe(first?.pid);
    expect(second?.told).toMatch(/An agent asked for that lately\. Agent is: \w+/);
    expect(ordered('agent').length).toBeGreaterThan(0);
    await bench.finish();
  });
});
