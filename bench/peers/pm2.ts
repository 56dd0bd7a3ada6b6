/** pm2 in fork mode, with its own home. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ownNode } from '../idle.ts';
import { type Found, folderOf, versionOf } from './installed.ts';
import { endServer, type Peer, type Place, type ServerSpec, servedBy } from './peer.ts';

/** A daemon that was asked to end does so within a second; a busy machine may need longer. */
const leaveMs = 5_000;
/** It would ask its maker's host for a newer version: at its first start, and daily. */
const quiet = { PM2_DISCRETE_MODE: 'true', PM2_DISABLE_VERSION_CHECK: 'true' };

/**
 * @param way plain: as its manual starts a Node script, inside its own wrapper; direct: the program
 *   itself, without the wrapper and without reading the version control
 */
export function pm2(found: Found, way: 'direct' | 'plain'): Peer {
  return {
    name: way === 'direct' ? 'pm2' : 'pm2, as in its manual',
    version: versionOf(found),
    settings:
      way === 'direct' ? 'fork mode, interpreter none, vizion off' : 'fork mode, a Node script',
    async keep(server, port, place) {
      const program = join(folderOf(found), 'node_modules/pm2/bin/pm2');
      const home = join(place.folder, 'pm2');
      const env = { ...place.env, ...quiet, PM2_HOME: home };
      const node = ownNode(place.folder);
      const ask = async (...words: string[]): Promise<void> => {
        await promisify(execFile)(node, [program, ...words], { env, cwd: place.cwd });
      };
      const file = join(place.folder, 'server.json');
      writeFileSync(file, JSON.stringify({ apps: [application(way, server, port, place)] }));
      await ask('start', file);
      await servedBy(port);
      const daemon = Number(readFileSync(join(home, 'pm2.pid'), 'utf8'));
      return {
        supervisor: daemon,
        restart: () => ask('restart', 'server'),
        async stop() {
          await ask('kill').catch(() => undefined);
          const deadline = performance.now() + leaveMs;
          while (titleOf(daemon).includes(home)) {
            if (performance.now() > deadline) process.kill(daemon, 'SIGKILL');
            await pause(20);
          }
          await endServer(port);
        },
      };
    },
  };
}

function application(
  way: 'direct' | 'plain',
  { command, args }: ServerSpec,
  port: number,
  { cwd }: Place,
): Record<string, unknown> {
  const common = { name: 'server', exec_mode: 'fork', cwd };
  const words = args(port);
  return way === 'direct'
    ? { ...common, script: command, args: words, interpreter: 'none', vizion: false }
    : { ...common, script: words[0], args: words.slice(1), interpreter: command };
}

/** The daemon's title, which contains its home; empty when it has ended. */
function titleOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
