/** pm2 in fork mode, with a home of its own and its daemon in the foreground's place. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endServer, type Peer, plainEnvironment, servedBy } from './peer.ts';

/** @param folder where npm has installed it */
export function pm2(installed: string): Peer {
  const program = join(installed, 'node_modules/pm2/bin/pm2');
  return {
    name: 'pm2',
    async keep(server, port, folder) {
      const home = join(folder, 'pm2');
      const env = { ...plainEnvironment(), PM2_HOME: home };
      const ask = async (...words: string[]) => {
        await promisify(execFile)(process.execPath, [program, ...words], { env });
      };
      const file = join(folder, 'server.json');
      const app = {
        name: 'server',
        script: server.command,
        args: server.args(port),
        interpreter: 'none',
        exec_mode: 'fork',
        cwd: folder,
      };
      writeFileSync(file, JSON.stringify({ apps: [app] }));
      await ask('start', file);
      await servedBy(port);
      return {
        supervisor: Number(readFileSync(join(home, 'pm2.pid'), 'utf8')),
        restart: () => ask('restart', 'server'),
        async stop() {
          await ask('kill');
          await endServer(port);
        },
      };
    },
  };
}
