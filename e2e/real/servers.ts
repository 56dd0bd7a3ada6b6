/**
 * Servers that people really run, each as a profile, and how a client asks it. All but OpenClaw are
 * added as any command would be; OpenClaw is found by its preset.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ProfileInput } from '../../electron/contract/profile.ts';
import { writeNginxConf } from '../../electron/testing/real-gateways.ts';

export interface RealServer {
  readonly id: string;
  readonly port: number;
  /** Null: its preset makes the profile. */
  readonly profile: ProfileInput | null;
  /** It has a health check that sees a process that is stopped. */
  readonly showsHang: boolean;
  /** Asks once, as a client; true for a good answer. */
  answers(patienceMs?: number): Promise<boolean>;
}

/** A client's patience with one question, in ms. */
const askMs = 1_000;

/** Where scripts/lib/real-servers.mjs has put it. */
function given(variable: string): string {
  const folder = process.env[variable];
  if (!folder) throw new Error(`${variable} is not set: run these tests by npm run test:real.`);
  return folder;
}

const libraries = 'usr/lib/x86_64-linux-gnu';

async function answersHttp(port: number, path: string, patienceMs: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function answersRedis(port: number, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (good: boolean): void => {
      socket.destroy();
      resolve(good);
    };
    socket.setTimeout(patienceMs, () => done(false));
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (text) => done(text.toString().startsWith('+PONG')));
    socket.on('error', () => done(false));
    socket.on('end', () => done(false));
  });
}

interface Given {
  readonly id: string;
  readonly name: string;
  readonly port: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A server that is asked by HTTP at `path`. */
function httpServer(one: Given, path: string): RealServer {
  const { id, port } = one;
  return {
    id,
    port,
    showsHang: true,
    answers: (patienceMs = askMs) => answersHttp(port, path, patienceMs),
    profile: {
      ...common(one),
      readiness: { type: 'http', path },
      liveness: { type: 'http', path, everyMs: 2_000 },
    },
  };
}

function common({ id, name, port, command, args, cwd, env }: Given): ProfileInput {
  return {
    schema: 1,
    id,
    name,
    port,
    program: { type: 'command', command, args: [...args], cwd },
    env: { ...env },
    // Five others run at the same time, on two cores.
    startTimeoutMs: 120_000,
  };
}

function redis(folder: string, port: number): RealServer {
  const root = given('HOLDFAST_REAL_REDIS');
  const place = ownFolder(folder, 'redis');
  // Debian's program decides by its name what it is.
  const command = join(place, 'redis-server');
  symlinkSync(join(root, 'usr/bin/redis-check-rdb'), command);
  const args = ['--port', '{port}', '--bind', '127.0.0.1', '--dir', place, '--save', ''];
  const env = { LD_LIBRARY_PATH: join(root, libraries) };
  const one = { id: 'redis', name: 'Redis', port, command, args, cwd: place, env };
  return {
    id: one.id,
    port,
    profile: { ...common(one), readiness: { type: 'tcp' } },
    showsHang: false,
    answers: (patienceMs = askMs) => answersRedis(port, patienceMs),
  };
}

function nginx(folder: string, port: number): RealServer {
  const root = given('HOLDFAST_REAL_NGINX');
  const place = ownFolder(folder, 'nginx');
  return httpServer(
    {
      id: 'nginx',
      name: 'nginx',
      port,
      command: join(root, 'usr/sbin/nginx'),
      args: ['-p', place, '-e', 'stderr', '-c', writeNginxConf(place, port)],
      cwd: place,
      env: { LD_LIBRARY_PATH: join(root, libraries) },
    },
    '/',
  );
}

function syncthing(folder: string, port: number): RealServer {
  const place = ownFolder(folder, 'syncthing');
  return httpServer(
    {
      id: 'syncthing',
      name: 'Syncthing',
      port,
      command: join(given('HOLDFAST_REAL_SYNCTHING'), 'usr/bin/syncthing'),
      args: ['serve', `--home=${place}`, '--no-browser', '--gui-address=127.0.0.1:{port}'],
      cwd: place,
    },
    '/',
  );
}

function nodeRed(folder: string, port: number): RealServer {
  const place = ownFolder(folder, 'node-red');
  const program = join(given('HOLDFAST_REAL_NPM'), 'node-red/red.js');
  return httpServer(
    {
      id: 'node-red',
      name: 'Node-RED',
      port,
      command: process.execPath,
      args: [program, '--port', '{port}', '--userDir', place, '-D', 'uiHost=127.0.0.1'],
      cwd: place,
    },
    '/',
  );
}

/** Overwrites its arguments and its environment with a title, as the real Hermes does. */
function titled(folder: string, port: number): RealServer {
  const place = ownFolder(folder, 'titled');
  const script = join(place, 'server.py');
  writeFileSync(
    script,
    `import http.server, setproctitle, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"well")
    def log_message(self, *words):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
setproctitle.setproctitle("a gateway of mine")
server.serve_forever()
`,
  );
  return httpServer(
    {
      id: 'titled',
      name: 'Titled',
      port,
      command: '/usr/bin/python3',
      args: [script, '{port}'],
      cwd: place,
      env: {
        PYTHONPATH: join(given('HOLDFAST_REAL_SETPROCTITLE'), 'usr/lib/python3/dist-packages'),
      },
    },
    '/',
  );
}

/** Its settings lie where the app's environment says; the preset reads the port from them. */
function openClaw(folder: string, port: number): RealServer {
  writeOpenClawSettings(folder, port, '/one');
  return {
    id: 'openclaw',
    port,
    profile: null,
    showsHang: true,
    answers: (patienceMs = askMs) => answersHttp(port, '/healthz', patienceMs),
  };
}

/** @param basePath of its pages: a setting whose change makes OpenClaw restart itself */
export function writeOpenClawSettings(folder: string, port: number, basePath: string): void {
  const settings = {
    gateway: {
      mode: 'local',
      port,
      bind: 'loopback',
      auth: { mode: 'none' },
      controlUi: { basePath },
    },
  };
  mkdirSync(openClawFolder(folder), { recursive: true });
  writeFileSync(join(openClawFolder(folder), 'openclaw.json'), JSON.stringify(settings));
}

function openClawFolder(folder: string): string {
  return join(folder, 'openclaw');
}

/** npm's cache, and the lock files that say what is in it. */
export function pinnedPackages(): [cache: string, locks: string[]] {
  const place = join(given('HOLDFAST_REAL_NPM'), '..');
  const locks = ['.', 'before'].map((folder) => join(place, folder, 'package-lock.json'));
  return [join(place, 'cache'), locks];
}

/**
 * What OpenClaw's command and the preset need to know.
 * @param commands the folder of its command; the pinned one, if not given
 */
export function openClawEnvironment(
  folder: string,
  commands = join(given('HOLDFAST_REAL_NPM'), '.bin'),
): Record<string, string> {
  return {
    OPENCLAW_STATE_DIR: openClawFolder(folder),
    // OpenClaw needs a newer Node than many machines have: the one of this run comes first.
    PATH: `${join(process.execPath, '..')}:${commands}:${process.env.PATH}`,
  };
}

function ownFolder(folder: string, name: string): string {
  const place = join(folder, name);
  mkdirSync(place);
  return place;
}

/** One of each. @param ports six free ones */
export function realServers(folder: string, ports: readonly number[]): RealServer[] {
  const makers = [openClaw, redis, nginx, syncthing, nodeRed, titled];
  return makers.map((make, at) => make(folder, ports[at] ?? 0));
}
