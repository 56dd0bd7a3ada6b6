/** For tests: real gateways whose arguments or environment tell nothing any more about who they are. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Profile, ProfileInput } from '../../contract/profile.ts';
import { freePort } from '../../process/test-port.ts';
import type { Bench } from '../test-bench.ts';
import { writeNginxConf } from '../test-nginx.ts';

const titledServer = fileURLToPath(
  new URL('../../../e2e/fixtures/titled-server.pl', import.meta.url),
);

const command = (name: string, ...args: readonly string[]) => ({
  type: 'command' as const,
  command: name,
  args: [...args],
});

/** nginx and Redis, from where scripts/lib/real-servers.mjs has put them, or the system's own. */
export function realCommand(name: 'nginx' | 'redis-server'): string {
  const folder = process.env.HOLDFAST_REAL_COMMANDS;
  return folder === undefined ? name : join(folder, name);
}

/** A profile of the server that overwrites its arguments and its environment. */
export async function titled(bench: Bench, ...flags: readonly string[]): Promise<Profile> {
  return bench.profile([], {
    port: await freePort(),
    program: command('perl', titledServer, '--port', '{port}', ...flags),
    readiness: { type: 'http', path: '/' },
    stop: { graceMs: 5_000 },
  });
}

/** nginx with one worker, all of its files in the bench's folder. */
export async function nginx(bench: Bench): Promise<Profile> {
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

/** Redis in memory alone. */
export async function redis(bench: Bench): Promise<Profile> {
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

/** A Node program; `wrap` puts its start into other words. */
async function node(
  bench: Bench,
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

export const renamedNode = (bench: Bench): Promise<Profile> =>
  node(bench, (script) => command(process.execPath, script, '{port}'));

export const withoutEnvironment = (bench: Bench): Promise<Profile> =>
  node(bench, (script) =>
    command('/bin/sh', '-c', `exec env -i '${process.execPath}' '${script}' {port}`),
  );

export const behindShell = (bench: Bench): Promise<Profile> =>
  node(bench, (script) =>
    command('/bin/sh', '-c', `env -i '${process.execPath}' '${script}' {port}; echo over`),
  );

/** `npm run` stays above what it runs. */
export async function behindNpm(bench: Bench): Promise<Profile> {
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
