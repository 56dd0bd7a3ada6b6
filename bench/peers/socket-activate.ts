/**
 * systemd-socket-activate(1): listens, and becomes the server at the first connection. It holds nothing
 * over the server's end, so a loop of the shell starts it again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, installedSocketActivate } from './installed.ts';

const loop = 'while :; do "$@"; done';

interface Wanted {
  /** A script for Node. */
  readonly server: string;
  readonly port: number;
  readonly folder: string;
  /** The pid of the server that answers, except `other`. */
  servedBy(port: number, other?: number): Promise<number>;
}

/** Rejects with a clause when it can't be had here. */
export async function socketActivation({ server, port, folder, servedBy }: Wanted) {
  const unpacked = folderOf(installedSocketActivate());
  const program = join(unpacked, 'usr/bin/systemd-socket-activate');
  // It passes no such variable on to the server.
  const env = { ...process.env, LD_LIBRARY_PATH: librariesIn(unpacked) };
  const words = [program, '-l', `127.0.0.1:${port}`, process.execPath, server, String(port)];
  const log = openSync(join(folder, 'server.log'), 'a');
  const shell = spawn('/bin/sh', ['-c', loop, 'sh', ...words], {
    env,
    stdio: ['ignore', log, log],
  });
  await once(shell, 'spawn');
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const pid = await servedBy(port);
    process.kill(pid, signal);
    await servedBy(port, pid);
  };
  return {
    events: { 'kill -9': () => end('SIGKILL'), restart: () => end('SIGTERM') },
    forgive: async () => {},
    async stop() {
      const pid = await servedBy(port);
      const ended = once(shell, 'exit');
      shell.kill('SIGKILL');
      await ended;
      process.kill(pid, 'SIGKILL');
    },
  };
}

/** systemd's own shared library lies in a folder of its own, named by the architecture. */
function librariesIn(unpacked: string): string {
  const folders = join(unpacked, 'usr/lib');
  const names = readdirSync(folders).filter((name) => name.endsWith('-linux-gnu'));
  return names.map((name) => join(folders, name, 'systemd')).join(':');
}
