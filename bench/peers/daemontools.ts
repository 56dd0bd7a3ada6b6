/** The family of daemontools: a folder with a script `run`, a supervisor for it, a pipe for orders. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Found, folderOf, type Installed, versionOf } from './installed.ts';
import { endChild, endServer, type Peer, toLog } from './peer.ts';

interface Member {
  readonly name: string;
  readonly found: Found;
  /** Under the unpacked package. */
  readonly program: string;
  /** Reports on descriptor 3 at once that it is ready: without that s6 waits a second. */
  readonly notifies?: boolean;
  readonly settings: string;
}

const script = 'a shell script that execs the server';

export function daemontools({ daemontools: first, runit, s6 }: Installed): Peer[] {
  const members: readonly Member[] = [
    { name: 'daemontools', found: first, program: 'usr/bin/supervise', settings: script },
    { name: 'runit', found: runit, program: 'usr/bin/runsv', settings: script },
    {
      name: 's6 (notification-fd)',
      found: s6,
      program: 'usr/bin/s6-supervise',
      notifies: true,
      settings: `${script}, and says before that it is ready`,
    },
    { name: 's6', found: s6, program: 'usr/bin/s6-supervise', settings: script },
  ];
  return members.map(toPeer);
}

function toPeer({ name, found, program, notifies = false, settings }: Member): Peer {
  return {
    name,
    version: versionOf(found),
    settings,
    async keep(server, port, place) {
      const unpacked = folderOf(found);
      const service = join(place.folder, 'service');
      mkdirSync(service);
      const words = [server.command, ...server.args(port)].map(quoted).join(' ');
      const ready = notifies ? 'echo >&3\nexec 3>&-\n' : '';
      const lines = `#!/bin/sh\ncd ${quoted(place.cwd)}\n${ready}exec ${words}\n`;
      writeFileSync(join(service, 'run'), lines);
      chmodSync(join(service, 'run'), 0o755);
      if (notifies) writeFileSync(join(service, 'notification-fd'), '3\n');
      const [command, ...args] = [...loader(unpacked), join(unpacked, program), service];
      const child = spawn(command ?? '', args, { env: place.env, stdio: toLog(place) });
      await once(child, 'spawn');
      const control = join(service, 'supervise', 'control');
      return {
        supervisor: child.pid ?? 0,
        restart: async () => appendFileSync(control, 't'),
        async stop() {
          // Killed, since each has its own words for leaving; then its server.
          await endChild(child, 'SIGKILL');
          await endServer(port);
        },
      };
    },
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The system's own dynamic loaders, by the architectures that Debian has s6 for and we a Node. */
const loaders = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'];

/**
 * The words that let a program find the libraries beside it. Not LD_LIBRARY_PATH: the server would
 * inherit it, and be another server than the others'.
 */
function loader(unpacked: string): string[] {
  const folders = ['usr/lib', 'lib']
    .map((name) => join(unpacked, name))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((folder) => folder.endsWith('-linux-gnu'));
  const own = loaders.find((file) => existsSync(file));
  return folders.length === 0 || own === undefined
    ? []
    : [own, '--library-path', folders.join(':')];
}
