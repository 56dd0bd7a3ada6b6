/**
 * For tests: the reference gateway as a real process, and a sender that opens one connection per
 * request, so that each of them notices a killed gateway.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledOnce } from './processes.ts';

const main = fileURLToPath(new URL('../reference-gateway/main.ts', import.meta.url));

export interface RunningGateway {
  readonly child: ChildProcess;
  readonly port: number;
  /** Everything that it has printed. */
  readonly output: () => string;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** A private folder with the gateways started in it, until `clean`. */
export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-gateway-'));
  readonly #children: ChildProcess[] = [];

  /** Starts the gateway without waiting for it. `shell` comes before the command, as `ulimit -f 4;`. */
  spawn(args: readonly string[], env: NodeJS.ProcessEnv = {}, shell = ''): RunningGateway {
    const words = [process.execPath, main, '--data', this.folder, ...args];
    const [program = '', ...rest] =
      shell === '' ? words : ['/bin/sh', '-c', `${shell} exec "$@"`, 'sh', ...words];
    const child = spawn(program, rest, {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...compiledOnce, ...env },
    });
    this.#children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        output += text;
      });
    }
    const ended = once(child, 'close').then(() => child.exitCode ?? child.signalCode);
    const portOf = () => Number(/ready on 127\.0\.0\.1:(\d+)/.exec(output)?.[1] ?? 0);
    return {
      child,
      get port() {
        return portOf();
      },
      output: () => output,
      ended,
    };
  }

  /** Starts the gateway on a free port (or the given one) and waits for its ready line. */
  async start(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, shell = '') {
    const port = args.includes('--port') ? [] : ['--port', '0'];
    const gateway = this.spawn([...port, ...args], env, shell);
    while (gateway.port === 0) {
      const { stdout } = gateway.child;
      if (stdout === null) throw new Error('no output to wait for');
      const next = await Promise.race([once(stdout, 'data'), gateway.ended]);
      if (!Array.isArray(next)) throw new Error(`ended with ${next}: ${gateway.output()}`);
    }
    return gateway;
  }

  async clean(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly json: Record<string, unknown>;
}

/** One request on its own connection; rejects when the connection fails. */
export function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { method = options.body === undefined ? 'GET' : 'POST', headers = {} } = options;
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        const value: unknown = JSON.parse(text);
        const json = typeof value === 'object' && value !== null ? { ...value } : {};
        resolve({ status: response.statusCode ?? 0, headers: response.headers, json });
      });
    });
    sent.end(options.body);
  });
}
