/** The floors: the time that C and plain Node need to bring a dead server back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '../../e2e/support/desktop-app.ts';
import { ownNode } from '../idle.ts';
import { endChild, type Peer, type Place, servedBy, toLog } from './peer.ts';

/** @param program the built bench/floor.c */
export function cFloor(program: string): Peer {
  return {
    name: 'floor (C)',
    version: '',
    settings: 'fork, exec, waitpid',
    keep: (server, port, place) =>
      keepWith([program, server.command, ...server.args(port)], port, place),
  };
}

export const nodeFloor: Peer = {
  name: 'floor (Node)',
  version: process.version,
  settings: 'spawn, and spawn again on exit',
  keep(server, port, place) {
    const floor = join(projectRoot, 'bench/floor.mjs');
    const log = join(place.folder, 'server.log');
    return keepWith(
      [ownNode(place.folder), floor, log, server.command, ...server.args(port)],
      port,
      place,
    );
  },
};

async function keepWith([command = '', ...args]: string[], port: number, place: Place) {
  const child = spawn(command, args, { cwd: place.cwd, env: place.env, stdio: toLog(place) });
  await once(child, 'spawn');
  return {
    supervisor: child.pid ?? 0,
    restart: async () => void process.kill(await servedBy(port), 'SIGTERM'),
    stop: () => endChild(child, 'SIGTERM'),
  };
}
