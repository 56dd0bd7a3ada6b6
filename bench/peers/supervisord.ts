/** supervisord, with no wait of its own between two starts. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endChild, endServer, type Peer, plainEnvironment } from './peer.ts';

const python = '/usr/bin/python3';

/** @param debian where Debian's packages were unpacked */
export function supervisord(debian: string): Peer {
  const env = { ...plainEnvironment(), PYTHONPATH: join(debian, 'usr/lib/python3/dist-packages') };
  return {
    name: 'supervisord',
    async keep(server, port, folder) {
      const file = join(folder, 'supervisord.conf');
      const words = [server.command, ...server.args(port)].join(' ');
      writeFileSync(
        file,
        [
          '[supervisord]',
          'nodaemon=true',
          `logfile=${folder}/supervisord.log`,
          `pidfile=${folder}/supervisord.pid`,
          '[unix_http_server]',
          `file=${folder}/s.sock`,
          '[rpcinterface:supervisor]',
          'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
          '[supervisorctl]',
          `serverurl=unix://${folder}/s.sock`,
          '[program:server]',
          `command=${words}`,
          'autorestart=true',
          'startsecs=0',
          '',
        ].join('\n'),
      );
      const main = ['-c', 'from supervisor.supervisord import main; main()', '-c', file];
      const child = spawn(python, main, { env, stdio: 'ignore' });
      await once(child, 'spawn');
      const control = ['-c', 'from supervisor.supervisorctl import main; main()', '-c', file];
      return {
        supervisor: child.pid ?? 0,
        async restart() {
          await promisify(execFile)(python, [...control, 'restart', 'server'], { env });
        },
        async stop() {
          await endChild(child, 'SIGTERM');
          await endServer(port);
        },
      };
    },
  };
}
