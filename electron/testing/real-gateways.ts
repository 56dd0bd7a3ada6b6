/** For tests: real gateways that hide who they are, because they overwrite or lack arguments and environment. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Profile, ProfileInput } from '../contract/profile.ts';
import { freePort } from './free-port.ts';
import type { GatewayBench } from './gateway-bench.ts';

const titledServer = fileURLToPath(new URL('../../e2e/fixtures/titled-server.pl', import.meta.url));

const command = (name: string, ...args: readonly string[]) => ({
  type: 'command' as const,
  command: name,
  args: [...args],
});

/** nginx and Redis: those that scripts/lib/real-servers.mjs has installed, or the system's. */
export function realCommand(name: 'nginx' | 'redis-server'): string {
  const folder = process.env.HOLDFAST_REAL_COMMANDS;
  return folder === undefined ? name : join(folder, name);
}

/** A server that overwrites its arguments and its environment. */
export async function titled(bench: GatewayBench, ...flags: readonly string[]): Promise<Profile> {
  return bench.profile([], {
    port: await freePort(),
    program: command('perl', titledServer, '--port', '{port}', ...flags),
    readiness: { type: 'http', path: '/' },
    stop: { graceMs: 5_000 },
  });
}

/** Where nginx keeps what does not fit into memory; by default in folders of the system. */
const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/**
 * Writes `nginx.conf` into `folder` and returns its path. With `background` nginx leaves its command, as
 * it does by default, and its errors go to `error.log`.
 */
export function writeNginxConf(
  folder: string,
  port: number,
  { background = false }: { readonly background?: boolean } = {},
): string {
  const file = join(folder, 'nginx.conf');
  const paths = temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ');
  writeFileSync(
    file,
    `daemon ${background ? 'on' : 'off'};
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${background ? `${folder}/error.log` : 'stderr'};
events { worker_connections 64; }
http {
  access_log off;
  ${paths}
  server { listen 127.0.0.1:${port}; location / { return 200 "well"; } }
}
`,
  );
  return file;
}

/** nginx with one worker and all of its files in the folder of the bench. */
export async function nginx(bench: GatewayBench): Promise<Profile> {
  const port = await freePort();
  const folder = join(bench.root, 'nginx');
  mkdirSync(folder);
  const conf = writeNginxConf(folder, port);
  return bench.profile([], {
    port,
    program: command(realCommand('nginx'), '-p', folder, '-e', 'stderr', '-c', conf),
    readiness: { type: 'http', path: '/' },
    stop: { graceMs: 5_000 },
  });
}

/** Redis without files. */
export async function redis(bench: GatewayBench): Promise<Profile> {
  const port = await freePort();
  return bench.profile([], {
    port,
    program: command(
      realCommand('redis-server'),
      '--port',
      '{port}',
      '--save',
      '',
      '--bind',
      '127.0.0.1',
    ),
    readiness: { type: 'tcp' },
    stop: { graceMs: 5_000 },
  });
}

const renamed = `
process.title = 'renamed-gateway';
const server = require('node:http').createServer((_, answer) => answer.end('ok'));
server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

/** A Node program that renames itself; `wrap` decides how it is started. */
async function node(
  bench: GatewayBench,
  wrap: (script: string) => ProfileInput['program'],
): Promise<Profile> {
  const script = join(bench.root, 'renamed.cjs');
  writeFileSync(script, renamed);
  return bench.profile([], {
    port: await freePort(),
    program: wrap(script),
    readiness: { type: 'http', path: '/' },
    stop: { graceMs: 5_000 },
  });
}

/** Started directly. */
export const renamedNode = (bench: GatewayBench): Promise<Profile> =>
  node(bench, (script) => command(process.execPath, script, '{port}'));

export const withoutEnvironment = (bench: GatewayBench): Promise<Profile> =>
  node(bench, (script) =>
    command('/bin/sh', '-c', `exec env -i '${process.execPath}' '${script}' {port}`),
  );

export const behindShell = (bench: GatewayBench): Promise<Profile> =>
  node(bench, (script) =>
    command('/bin/sh', '-c', `env -i '${process.execPath}' '${script}' {port}; echo over`),
  );

/** Started by `npm run`, which stays its parent. */
export async function behindNpm(bench: GatewayBench): Promise<Profile> {
  const folder = join(bench.root, 'package');
  mkdirSync(folder);
  const profile = await node(bench, () => ({
    ...command('npm', 'run', 'start', '--silent'),
    cwd: folder,
  }));
  const start = `"${process.execPath}" "${join(bench.root, 'renamed.cjs')}" ${profile.port}`;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { start } }));
  return profile;
}
