/** The family of daemontools: a folder with a script `run`, a supervisor for it, a pipe for orders. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endChild, endServer, type Peer, plainEnvironment } from './peer.ts';

interface Member {
  readonly name: string;
  /** Under the unpacked packages. */
  readonly program: string;
  /** Says at once that it is ready, on descriptor 3: without that s6 waits a second. */
  readonly notifies?: boolean;
}

const members: readonly Member[] = [
  { name: 'daemontools', program: 'usr/bin/supervise' },
  { name: 'runit', program: 'usr/bin/runsv' },
  { name: 's6 (notification-fd)', program: 'usr/bin/s6-supervise', notifies: true },
  { name: 's6', program: 'usr/bin/s6-supervise' },
];

/** @param debian where Debian's packages were unpacked */
export function daemontools(debian: string): Peer[] {
  return members.map(({ name, program, notifies = false }) => ({
    name,
    async keep(server, port, folder) {
      const service = join(folder, 'service');
      mkdirSync(service);
      const words = [server.command, ...server.args(port)].map((word) => `'${word}'`);
      const ready = notifies ? 'echo >&3\n' : '';
      writeFileSync(join(service, 'run'), `#!/bin/sh\n${ready}exec ${words.join(' ')}\n`);
      chmodSync(join(service, 'run'), 0o755);
      if (notifies) writeFileSync(join(service, 'notification-fd'), '3\n');
      const env = { ...plainEnvironment(), LD_LIBRARY_PATH: libraries(debian) };
      const child = spawn(join(debian, program), [service], { env, stdio: 'ignore' });
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
  }));
}

function libraries(debian: string): string {
  return [join(debian, 'usr/lib/x86_64-linux-gnu'), join(debian, 'lib/x86_64-linux-gnu')].join(':');
}
