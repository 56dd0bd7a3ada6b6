/** supervisord, with its default restarts: it checks once a second. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Found, folderOf, versionOf } from './installed.ts';
import { endChild, endServer, type Peer, type ServerSpec, toLog } from './peer.ts';

/** Debian's, whose packages those are. */
const python = '/usr/bin/python3';

export function supervisord(found: Found): Peer {
  return {
    name: 'supervisord',
    version: versionOf(found),
    settings: 'autorestart=true, no log of the output',
    async keep(server, port, place) {
      const packages = join(folderOf(found), 'usr/lib/python3/dist-packages');
      if (!existsSync(python)) throw new Error(`it needs ${python}`);
      const file = join(place.folder, 'supervisord.conf');
      writeFileSync(file, configuration(place.folder, place.cwd, server, port));
      // Not PYTHONPATH: the server would inherit it.
      const words = (module: string): string[] => [
        '-c',
        `import sys; sys.path.insert(0, ${JSON.stringify(packages)}); ` +
          `from supervisor.${module} import main; main()`,
        '-c',
        file,
      ];
      const options = { env: place.env, cwd: place.cwd };
      const child = spawn(python, words('supervisord'), { ...options, stdio: toLog(place) });
      await once(child, 'spawn');
      return {
        supervisor: child.pid ?? 0,
        async restart() {
          await promisify(execFile)(
            python,
            [...words('supervisorctl'), 'restart', 'server'],
            options,
          );
        },
        async stop() {
          await endChild(child, 'SIGTERM');
          await endServer(port);
        },
      };
    },
  };
}

function configuration(folder: string, cwd: string, server: ServerSpec, port: number): string {
  return [
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
    `command=${[server.command, ...server.args(port)].join(' ')}`,
    `directory=${cwd}`,
    'autorestart=true',
    'stdout_logfile=NONE',
    'stderr_logfile=NONE',
    '',
  ].join('\n');
}
