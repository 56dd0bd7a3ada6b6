/** The floors: the least that C and that plain Node need to bring a dead server back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '../../e2e/support/desktop-app.ts';
import { endChild, type Peer, plainEnvironment, servedBy } from './peer.ts';

/** @param program the built bench/floor.c */
export function cFloor(program: string): Peer {
  return {
    name: 'floor (C)',
    async keep(server, port) {
      const child = spawn(program, [server.command, ...server.args(port)], {
        env: plainEnvironment(),
        stdio: 'ignore',
      });
      await once(child, 'spawn');
      return {
        supervisor: child.pid ?? 0,
        restart: async () => void process.kill(await servedBy(port), 'SIGTERM'),
        stop: () => endChild(child, 'SIGTERM'),
      };
    },
  };
}

export const nodeFloor: Peer = {
  name: 'floor (Node)',
  async keep(server, port, folder) {
    const floor = join(projectRoot, 'bench/floor.mjs');
    const words = [floor, join(folder, 'floor.log'), server.command, ...server.args(port)];
    const child = spawn(process.execPath, words, { env: plainEnvironment(), stdio: 'ignore' });
    await once(child, 'spawn');
    return {
      supervisor: child.pid ?? 0,
      restart: async () => void process.kill(await servedBy(port), 'SIGTERM'),
      stop: () => endChild(child, 'SIGTERM'),
    };
  },
};
