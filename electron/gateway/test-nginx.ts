/** For tests: nginx with one worker, all of its files in one folder. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where it keeps what does not fit into memory; by default in folders of the system. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/**
 * Writes `nginx.conf` into `folder` and answers where it is. By itself nginx leaves its command and
 * works in the background; its errors go to `error.log` then.
 */
export function writeNginxConf(
  folder: string,
  port: number,
  { background = false }: { readonly background?: boolean } = {},
): string {
  const file = join(folder, 'nginx.conf');
  const paths = TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ');
  writeFileSync(
    file,
    `daemon ${background ? 'on' : 'off'};
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${background ? `${folder}/error.log` : 'stderr'};
events { worker_connections 64; }
http {
  access_log off;
  ${paths}
  server { listen 127.0.0.1:${port}; location / { return 200 "well"; } }
}
`,
  );
  return file;
}
