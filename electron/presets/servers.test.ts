/**
 * The presets of servers, found in real folders and run: stand-ins that listen where the real ones are
 * configured to, and answer nothing but what the real ones answer.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type Profile, profileSchema } from '../contract/profile.ts';
import { freePort } from '../testing/free-port.ts';
import {
  createGatewayBench,
  type GatewayBench,
  untilStatus,
  untilView,
} from '../testing/gateway-bench.ts';
import { litellm } from './litellm.ts';
import { llamaServer } from './llama-server.ts';
import { thisMachine } from './machine.ts';
import { n8n } from './n8n.ts';
import { ollama } from './ollama.ts';
import { openWebui } from './open-webui.ts';
import { openclaw } from './openclaw.ts';
import type { Machine, Preset } from './preset.ts';
import { portFrom } from './server.ts';

let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

/** Loads for a while (503), then answers at `HEALTHY` and nowhere else; it says how it was started. */
const standIn = `
import { createServer } from 'node:http';
const args = process.argv.slice(2);
console.log('args ' + JSON.stringify(args));
const said = args[args.indexOf('--port') + 1];
const port = args.includes('--port') ? said : (process.env.N8N_PORT ?? process.env.OLLAMA_HOST?.split(':')[1]);
let asked = 0;
createServer((request, response) => {
  const known = request.url === process.env.HEALTHY;
  asked += known ? 1 : 0;
  response.writeHead(known ? (asked > 2 ? 200 : 503) : 500).end('{}');
}).listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

function install(name: string, text = standIn): string {
  const file = join(bench.root, 'bin', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.mjs`, text);
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "$0.mjs" "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

function machine(env: Record<string, string> = {}): Machine {
  const here = thisMachine({ PATH: join(bench.root, 'bin'), ...env });
  return { ...here, env, home: bench.root };
}

async function found(preset: Preset, changes: Record<string, string>): Promise<Profile> {
  const [first] = preset.find(machine());
  if (!first) throw new Error('nothing was found');
  const profile = z.parse(profileSchema, first.profile);
  return bench.profile([], {
    ...profile,
    port: await freePort(),
    env: { ...profile.env, ...changes },
  });
}

const servers: readonly (readonly [Preset, program: string, health: string])[] = [
  [ollama, 'ollama', '/'],
  [llamaServer, 'llama-server', '/health'],
  [openWebui, 'open-webui', '/health'],
  [n8n, 'n8n', '/healthz'],
  [litellm, 'litellm', '/health/liveliness'],
];

describe.skipIf(process.platform === 'win32')('the preset', () => {
  it.each(servers)(
    '%o finds its program and runs it until it is healthy [R68]',
    async (preset, name, health) => {
      expect(preset.find(machine())).toEqual([]);
      const command = install(name);
      mkdirSync(join(bench.root, 'models'));
      writeFileSync(join(bench.root, 'models', 'small.gguf'), '');
      const profile = await found(preset, { HEALTHY: health });
      expect(profile.program).toMatchObject({ command });
      const supervisor = bench.supervisor(profile);
      supervisor.start();
      await untilStatus(supervisor, 'running');
      await supervisor.stop();
      expect(supervisor.view().lastExit).toMatchObject({ code: 0, reason: 'stopped by Holdfast' });
    },
  );

  it('of llama.cpp takes the model that is there, not a part of one', () => {
    install('llama-server');
    const models = join(bench.root, 'models');
    mkdirSync(models);
    for (const name of ['a-00002-of-00003.gguf', 'a-mmproj.gguf', 'notes.txt']) {
      writeFileSync(join(models, name), '');
    }
    expect(llamaServer.find(machine())).toEqual([]);
    writeFileSync(join(models, 'a-00001-of-00003.gguf'), '');
    const [first] = llamaServer.find(machine());
    expect(first?.profile.program).toMatchObject({
      args: [
        '--model',
        join(models, 'a-00001-of-00003.gguf'),
        '--host',
        '127.0.0.1',
        '--port',
        '{port}',
      ],
    });
    const [configured] = llamaServer.find(machine({ LLAMA_ARG_MODEL: '/m/b.gguf' }));
    expect(configured?.where).toContain('Its model is /m/b.gguf.');
  });

  it('of Open WebUI leaves the port of llama-server alone', () => {
    install('open-webui');
    expect(openWebui.find(machine())[0]?.profile.port).toBe(8080);
    install('llama-server');
    expect(openWebui.find(machine())[0]?.profile.port).toBe(8081);
  });

  it.each([
    ['0.0.0.0:11435', 11_435],
    ['http://127.0.0.1:11436/', 11_436],
    ['11437', 11_437],
    [':99999', 1],
    ['localhost', 1],
    [undefined, 1],
  ])('reads a port from %j', (text, port) => {
    expect(portFrom(text, 1)).toBe(port);
  });
});

/** Starts slowly, then works but for one channel until it is asked three times. */
const openclawStandIn = `
import { createServer } from 'node:http';
const args = process.argv.slice(2);
const { OPENCLAW_SUPERVISOR_MODE, OPENCLAW_SERVICE_REPAIR_POLICY } = process.env;
console.log('got ' + OPENCLAW_SUPERVISOR_MODE + ' ' + OPENCLAW_SERVICE_REPAIR_POLICY);
const begun = Date.now();
let asked = 0;
createServer((request, response) => {
  const say = (status, body) => response.writeHead(status).end(JSON.stringify(body));
  if (request.url === '/startupz') {
    return Date.now() - begun > 500 ? say(200, { ok: true, status: 'started' }) : say(503, { ok: false, status: 'starting' });
  }
  if (request.url === '/exit') { say(200, {}); return process.exit(0); }
  asked += 1;
  return asked < 8 ? say(503, { ready: false, failing: ['telegram'] }) : say(200, { ready: true, failing: [] });
}).listen(Number(args[args.indexOf('--port') + 1]), '127.0.0.1');
`;

describe.skipIf(process.platform === 'win32')('OpenClaw', () => {
  it('is ready when it has started, and its failing parts are shown and end nothing [R69]', async () => {
    install('openclaw', openclawStandIn);
    const profile = await found(openclaw, {});
    const { liveness, report } = profile;
    if (liveness?.type !== 'http' || !report) throw new Error('no health check');
    const supervisor = bench.supervisor({
      ...profile,
      liveness: { ...liveness, everyMs: 500 },
      report: { ...report, everyMs: 500 },
    });
    supervisor.start();
    const { identity } = await untilStatus(supervisor, 'running');
    const { problem } = await untilStatus(supervisor, 'degraded');
    expect(problem.message).toContain('503');
    await untilView(supervisor, (one) => one.view().report?.parts.length === 1);
    expect(supervisor.view().report?.parts).toEqual([
      { name: 'telegram', state: 'failing', attention: true },
    ]);
    expect((await untilStatus(supervisor, 'running')).identity).toEqual(identity);
    await untilView(supervisor, (one) => one.view().report?.parts.length === 0);
    expect(bench.log()).toContain('got external external');
  });

  it('that exits in order to be started again is started again, without counting a crash [R69]', async () => {
    install('openclaw', openclawStandIn);
    const profile = await found(openclaw, {});
    const supervisor = bench.supervisor(profile);
    supervisor.start();
    const { identity } = await untilStatus(supervisor, 'running');
    await fetch(`http://127.0.0.1:${profile.port}/exit`).catch(() => {});
    await untilView(supervisor, (one) => {
      const { state } = one.view();
      return state.status === 'running' && state.identity.pid !== identity.pid;
    });
    expect(supervisor.view()).toMatchObject({ restarts: 0, lastExit: { code: 0 } });
  });
});
