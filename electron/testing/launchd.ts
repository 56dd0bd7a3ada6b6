/**
 * For tests: a launchd that starts real processes, and a real `launchctl` that asks it. It has the habits
 * of macOS 26 that have been reported: a job that runs is booted out over time (36), its label stays taken
 * for a while (37, then 5), a job that is unknown has its own code (113, of bootout 3), a disabled one is
 * refused, KeepAlive starts again, not more often than the throttle allows.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { LaunchctlAnswer } from '../process/darwin/launchd.ts';

/** What launchd waits; the system's own are 5 s, 10 s and 20 s. */
export interface LaunchdTimes {
  readonly labelTakenMs: number;
  readonly throttleMs: number;
  readonly exitTimeoutMs: number;
}

/** The keys of launchd.plist(5) that are understood. */
interface Agent {
  readonly Label: string;
  readonly ProgramArguments: readonly string[];
  readonly WorkingDirectory?: string;
  readonly EnvironmentVariables?: Readonly<Record<string, string>>;
  readonly RunAtLoad?: boolean;
  readonly KeepAlive?: boolean | { readonly SuccessfulExit?: boolean };
}

interface LoadedJob {
  readonly agent: Agent;
  readonly file: string;
  child: ChildProcess | undefined;
  starts: number;
  startedAt: number;
  leaving: boolean;
}

const ok = { code: 0, output: '' };
const refuse = (what: string, code: number, why: string): LaunchctlAnswer => ({
  code,
  output: `${what} failed: ${code}: ${why}\nTry re-running the command as root for richer errors.`,
});
const unknown = { code: 113, output: 'Could not find service in domain for login' };

export class LaunchdStandIn {
  /** The folder with `launchctl` in it, for the search path. */
  readonly bin: string;
  readonly domain = `gui/${process.getuid?.() ?? 0}`;
  readonly #jobs = new Map<string, LoadedJob>();
  readonly #takenUntil = new Map<string, number>();
  readonly #disabled = new Set<string>();
  readonly #times: LaunchdTimes;
  readonly #server: Server;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(folder: string, times: Partial<LaunchdTimes> = {}) {
    this.#times = { labelTakenMs: 300, throttleMs: 100, exitTimeoutMs: 2_000, ...times };
    this.bin = join(folder, 'launchd-bin');
    const socket = join(folder, 'launchd.sock');
    this.#server = createServer((connection) => {
      let text = '';
      connection.on('data', (part) => {
        text += String(part);
        if (!text.endsWith('\n')) return;
        connection.end(JSON.stringify(this.#answer(JSON.parse(text))));
      });
    }).listen(socket);
    mkdirSync(this.bin);
    const client = join(this.bin, 'launchctl.cjs');
    writeFileSync(
      client,
      `let text = '';
      require('node:net').connect(${JSON.stringify(socket)})
        .on('data', (part) => { text += part; })
        .on('end', () => {
          const { code, output } = JSON.parse(text);
          (code === 0 ? process.stdout : process.stderr).write(output + (output ? '\\n' : ''));
          process.exitCode = code;
        })
        .write(JSON.stringify(process.argv.slice(2)) + '\\n');`,
    );
    const program = join(this.bin, 'launchctl');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${client}' "$@"\n`);
    chmodSync(program, 0o700);
  }

  /** How often the job was started, and its process now. */
  job(label: string): { pid: number | undefined; starts: number } | undefined {
    const job = this.#jobs.get(label);
    return job && { pid: job.child?.pid, starts: job.starts };
  }

  /** True when nothing is due: no start, no kill. */
  get isAtRest(): boolean {
    return this.#timers.size === 0;
  }

  /** As a user's “off” in the system's settings. */
  disable(label: string): void {
    this.#disabled.add(label);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const job of this.#jobs.values()) {
      job.leaving = true;
      job.child?.kill('SIGKILL');
    }
    this.#server.close();
  }

  /** What `launchctl` with these words does. */
  answer(words: readonly string[]): LaunchctlAnswer {
    const [verb = '', ...rest] = words;
    const target = rest.at(-1) ?? '';
    const label = target.slice(this.domain.length + 1);
    switch (verb) {
      case 'bootstrap':
        return this.#bootstrap(target);
      case 'bootout':
        return this.#bootout(label);
      case 'print':
        return this.#print(label);
      case 'kickstart':
        return this.#kickstart(label, rest.includes('-k'));
      case 'enable':
        this.#disabled.delete(label);
        return ok;
      case 'print-disabled':
        return {
          code: 0,
          output: [...this.#disabled].map((one) => `\t"${one}" => disabled`).join('\n'),
        };
      case 'list':
        return { code: 0, output: this.#list() };
      default:
        return { code: 64, output: `Unrecognized subcommand: ${verb}` };
    }
  }

  readonly #answer = (words: readonly string[]): LaunchctlAnswer => this.answer(words);

  #bootstrap(file: string): LaunchctlAnswer {
    const agent = readAgent(readFileSync(file, 'utf8'));
    const { Label: label } = agent;
    if (this.#disabled.has(label)) return refuse('Bootstrap', 119, 'Service is disabled');
    const present = this.#jobs.get(label);
    if (present?.leaving) return refuse('Bootstrap', 37, 'Operation already in progress');
    if (present || performance.now() < (this.#takenUntil.get(label) ?? 0)) {
      return refuse('Bootstrap', 5, 'Input/output error');
    }
    const job = { agent, file, child: undefined, starts: 0, startedAt: 0, leaving: false };
    this.#jobs.set(label, job);
    if (agent.RunAtLoad) this.#start(job);
    return ok;
  }

  #bootout(label: string): LaunchctlAnswer {
    const job = this.#jobs.get(label);
    if (!job) return refuse('Boot-out', 3, 'No such process');
    if (job.leaving) return refuse('Boot-out', 36, 'Operation now in progress');
    job.leaving = true;
    if (!job.child) {
      this.#forget(label);
      return ok;
    }
    job.child.kill('SIGTERM');
    this.#later(this.#times.exitTimeoutMs, () => job.child?.kill('SIGKILL'));
    return refuse('Boot-out', 36, 'Operation now in progress');
  }

  #print(label: string): LaunchctlAnswer {
    const job = this.#jobs.get(label);
    if (!job) return unknown;
    const lines = [`\tpath = ${job.file}`, `\tstate = ${job.child ? 'running' : 'not running'}`];
    if (job.child) lines.push(`\tpid = ${job.child.pid}`);
    return { code: 0, output: [`${this.domain}/${label} = {`, ...lines, '}'].join('\n') };
  }

  #kickstart(label: string, again: boolean): LaunchctlAnswer {
    const job = this.#jobs.get(label);
    if (!job) return unknown;
    if (!job.child) this.#start(job);
    else if (again) {
      job.child.once('exit', () => this.#start(job));
      job.child.kill('SIGTERM');
    }
    return ok;
  }

  #list(): string {
    const rows = [...this.#jobs].map(([label, { child }]) => `${child?.pid ?? '-'}\t0\t${label}`);
    return ['PID\tStatus\tLabel', ...rows].join('\n');
  }

  #start(job: LoadedJob): void {
    const { ProgramArguments, WorkingDirectory, EnvironmentVariables } = job.agent;
    const [command = '', ...args] = ProgramArguments;
    job.starts += 1;
    job.startedAt = performance.now();
    const child = spawn(command, args, {
      cwd: WorkingDirectory,
      env: { ...EnvironmentVariables, XPC_SERVICE_NAME: job.agent.Label },
      detached: true,
      stdio: 'ignore',
    });
    job.child = child;
    child.on('error', () => {});
    child.once('exit', (code) => this.#ended(job, code));
  }

  #ended(job: LoadedJob, code: number | null): void {
    job.child = undefined;
    const { Label, KeepAlive } = job.agent;
    if (job.leaving) {
      this.#forget(Label);
      return;
    }
    const again =
      typeof KeepAlive === 'object' ? KeepAlive.SuccessfulExit !== (code !== 0) : KeepAlive;
    if (!again) return;
    const wait = Math.max(0, job.startedAt + this.#times.throttleMs - performance.now());
    this.#later(wait, () => {
      if (!job.child && !job.leaving) this.#start(job);
    });
  }

  #forget(label: string): void {
    this.#jobs.delete(label);
    this.#takenUntil.set(label, performance.now() + this.#times.labelTakenMs);
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

/** A property list as XML (plist(5)), as far as agents need it. */
function readAgent(text: string): Agent {
  const tokens = [
    ...text.matchAll(/<(dict|array|true|false|key|string|integer)(\/)?>([^<]*)|<\/(dict|array)>/g),
  ];
  const plain = (one: string): string =>
    one.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  let at = 0;
  const value = (): unknown => {
    const [, kind, , content = ''] = tokens[at++] ?? [];
    if (kind === 'true' || kind === 'false') return kind === 'true';
    if (kind === 'string') return plain(content);
    if (kind === 'integer') return Number(content);
    if (kind === 'array') {
      const items: unknown[] = [];
      while (tokens[at]?.[4] !== 'array') items.push(value());
      at += 1;
      return items;
    }
    const entries: [string, unknown][] = [];
    while (tokens[at]?.[4] !== 'dict') entries.push([plain(tokens[at++]?.[3] ?? ''), value()]);
    at += 1;
    return Object.fromEntries(entries);
  };
  // A test's own file, whose shape is known.
  return value() as Agent;
}
