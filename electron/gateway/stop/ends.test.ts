/** The reasons of exits: last output, daemons, commands that only start something, stops by other programs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Profile, ProfileInput } from '../../contract/profile.ts';
import { isAlive, whoHoldsPort } from '../../process/index.ts';
import { freePort } from '../../testing/free-port.ts';
import {
  createGatewayBench,
  type GatewayBench,
  untilEnded,
  untilRecord,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { until } from '../../testing/processes.ts';
import { realCommand, writeNginxConf } from '../../testing/real-gateways.ts';
import { tellingLine, toLines } from '../logs/last-output.ts';
import type { Supervisor } from '../types.ts';

let bench: GatewayBench;
beforeEach(() => {
  bench = createGatewayBench();
});
afterEach(() => bench.clean());

const onWindows = process.platform === 'win32';
const shell = (script: string) => ({
  type: 'command' as const,
  command: '/bin/sh',
  args: ['-c', script],
});

function started(profile: Profile): Supervisor {
  const supervisor = bench.supervisor(profile);
  supervisor.start();
  return supervisor;
}

describe.skipIf(onWindows)('the last words of a gateway', () => {
  it('appear in its exit and in the problem, also without a line end [R60]', async () => {
    const program = shell('echo begins; printf "no model named x, use one of a, b"; exit 1');
    const supervisor = started(bench.profile([], { program }));
    const { problem } = await untilStatus(supervisor, 'waiting');
    expect(problem.message).toContain('crashed (exit code 1): no model named x, use one of a, b');
    expect(supervisor.view().lastExit?.output).toEqual([
      'begins',
      'no model named x, use one of a, b',
    ]);
    await untilRecord(bench, ({ lastExit }) => lastExit?.output?.length === 2);
  });

  it('are of this start, and of no earlier or later one [R60]', async () => {
    const program = shell('echo "says $$"; exit 1');
    const supervisor = started(bench.profile([], { program }));
    await untilView(supervisor, (one) => one.view().restarts >= 2);
    expect(supervisor.view().lastExit?.output).toHaveLength(1);
  });

  it.each([
    [
      'a command that is not there',
      'no-such-command',
      127,
      'a command was not found',
      /no-such-command/,
    ],
    ['a file that is no program', '/', 126, 'can’t be run', /ermission denied|Is a directory/i],
  ])('name %s', async (_, command, code, meaning, said) => {
    const supervisor = started(bench.profile([], { program: shell(command) }));
    const { problem } = await untilStatus(supervisor, 'waiting');
    expect(problem.message).toContain(`exit code ${code}, `);
    expect(problem.message).toContain(meaning);
    expect(problem.message).toMatch(said);
  });

  it('give the reason why another start is pointless [R60]', async () => {
    const program = shell('echo "Node 20.20.2 is too old, use 24.16+"; exit 78');
    const supervisor = started(bench.profile([], { program }));
    const { problem } = await untilStatus(supervisor, 'failed');
    expect(problem.message).toContain('It last printed: “Node 20.20.2 is too old, use 24.16+”');
  });

  it('give the reason why an update’s new gateway did not start [R60]', async () => {
    const program = shell('echo "needs a key"; exit 1');
    const profile = await bench.served([], { program });
    const supervisor = bench.supervisor(profile);
    await supervisor.release();
    await expect(supervisor.resume({ timeoutMs: 20_000 })).rejects.toThrow(
      'crashed (exit code 1): needs a key',
    );
  });
});

describe('lines of output', () => {
  it('are bounded, without escapes and secrets, and as carriage returns leave them', () => {
    const text = [
      ...Array.from({ length: 9 }, (_, n) => `line ${n}`),
      '',
      'loading 1%\rloading 99%\r',
      '\u001b[31mred\u001b[0m \u001b]52;c;aGk=\u0007and plain',
      `Error: token=abcdef0123456789 is wrong`,
      'x'.repeat(5_000),
    ].join('\n');
    const lines = toLines(text);
    expect(lines).toHaveLength(5);
    expect(lines.slice(0, 3)).toEqual(['line 8', 'loading 99%', 'red and plain']);
    expect(lines[3]).toBe('Error: token=[hidden] is wrong');
    expect(lines[4]?.length).toBeLessThan(310);
  });

  it('give the reason, not the location', () => {
    const node = [
      'Error: listen EADDRINUSE',
      '    at Server.listen (net.js:1)',
      '',
      'Node.js v24.1.0',
    ];
    expect(tellingLine(node)).toBe('Error: listen EADDRINUSE');
    expect(tellingLine(['one', 'two'])).toBe('two');
    expect(tellingLine([])).toBeNull();
  });

  it('are found before a stack that is longer than what is kept [R60]', () => {
    const stack = Array.from(
      { length: 12 },
      (_, at) => `    at step${at} (file:///app.mjs:${at}:1)`,
    );
    const text = ['starting', '', 'Error: no such module', ...stack, '', 'Node.js v24.21.0'].join(
      '\n',
    );
    expect(toLines(text)).toEqual([
      'Error: no such module',
      ...stack.slice(-3),
      'Node.js v24.21.0',
    ]);
    expect(tellingLine(toLines(text))).toBe('Error: no such module');
  });
});

describe.skipIf(process.platform !== 'linux')('a command that goes to the background', () => {
  const server = (later: number) =>
    `setTimeout(() => require('http').createServer((q, a) => a.end()).listen(Number(process.env.HOLDFAST_PORT), '127.0.0.1'), ${later})`;
  const served = async (program: ProfileInput['program'], more: Partial<ProfileInput> = {}) =>
    bench.profile([], { port: await freePort(), program, readiness: { type: 'tcp' }, ...more });

  async function follows(supervisor: Supervisor, port: number): Promise<number> {
    // A command that answers before it goes to the background may count as running itself.
    const identity = await untilView(supervisor, (one) => {
      const { state } = one.view();
      return state.status === 'running' && state.adopted && state.identity;
    });
    expect(whoHoldsPort(port)?.pid).toBe(identity.pid);
    expect(supervisor.view()).toMatchObject({
      restarts: 0,
      lastExit: { reason: 'went to the background' },
    });
    expect(supervisor.notices().map(({ message }) => message)).toEqual([
      `Test gateway went to the background (pid ${identity.pid} serves on port ${port}). Holdfast looks after that process.`,
    ]);
    return identity.pid;
  }

  it('is followed to its daemon, which is stopped like any other [R61]', async () => {
    const profile = await served(shell(`setsid "${process.execPath}" -e "${server(300)}" &`));
    const supervisor = started(profile);
    await follows(supervisor, profile.port ?? 0);
    await supervisor.stop();
    expect(whoHoldsPort(profile.port ?? 0)).toBeUndefined();
    expect(bench.running()).toEqual([]);
    expect(supervisor.view().lastExit?.reason).toBe('stopped by Holdfast');
    expect(supervisor.notices()).toEqual([]);
  });

  it('is followed although it shows nothing of its start: nginx [R61]', async () => {
    const folder = join(bench.root, 'nginx');
    mkdirSync(folder);
    const port = await freePort();
    const conf = writeNginxConf(folder, port, { background: true });
    const command = {
      type: 'command' as const,
      command: realCommand('nginx'),
      args: ['-c', conf, '-e', join(folder, 'error.log')],
    };
    const supervisor = started(await served(command, { port }));
    const pid = await follows(supervisor, port);
    expect(pid).toBe(Number(readFileSync(join(folder, 'nginx.pid'), 'utf8')));
    const { identity } = await untilStatus(supervisor, 'running');
    supervisor.freeze();
    const heir = bench.supervisor(supervisor.profile());
    expect(heir.adopt()).toBe(true);
    expect((await untilStatus(heir, 'running')).identity.pid).toBe(pid);
    await heir.stop();
    await untilEnded(identity);
    expect(whoHoldsPort(port)).toBeUndefined();
  });

  it('is started again when its daemon dies', async () => {
    const profile = await served(shell(`setsid "${process.execPath}" -e "${server(0)}" &`));
    const supervisor = started(profile);
    const first = await follows(supervisor, profile.port ?? 0);
    process.kill(first, 'SIGKILL');
    const second = await untilView(supervisor, (one) => {
      const { state } = one.view();
      const isFollowed = state.status === 'running' && state.adopted;
      return isFollowed && state.identity.pid !== first && state.identity;
    });
    expect(isAlive(second)).toBe(true);
  });

  it('without a port is followed to the process that it left [R61]', async () => {
    const program = shell(`setsid "${process.execPath}" -e "setInterval(() => {}, 1e6)" &`);
    const supervisor = started(bench.profile([], { program }));
    const { identity } = await untilView(supervisor, (one) => {
      const { state } = one.view();
      return state.status === 'running' && state.adopted && state;
    });
    expect(bench.running()).toEqual([identity]);
    await supervisor.stop();
    expect(bench.running()).toEqual([]);
  });

  it('is left alone where another program serves the port [R62]', async () => {
    const file = join(bench.root, 'taken');
    const program = shell(`while [ ! -e ${file} ]; do sleep 0.02; done`);
    const profile = await served(program, { readiness: { type: 'stdout', pattern: 'never' } });
    const supervisor = started(profile);
    await untilStatus(supervisor, 'starting');
    const stranger = createServer((socket) => socket.destroy());
    onTestFinished(() => void stranger.close());
    await new Promise<void>((done) => stranger.listen(profile.port, '127.0.0.1', done));
    writeFileSync(file, '');
    const { problem } = await untilStatus(supervisor, 'failed');
    expect(problem.message).toMatch(
      /^Test gateway ended with exit code 0 after .* s\. Port \d+ is held by .*\. Its command seems to only start a service\.$/,
    );
  });
});

it.skipIf(onWindows)(
  'a command that only starts a service is called that at the third time [R62]',
  async () => {
    const supervisor = started(bench.profile([], { program: shell('exit 0') }));
    const message = await untilView(supervisor, (one) => {
      const { state } = one.view();
      return (
        state.status === 'waiting' &&
        state.problem.message.includes('in a row') &&
        state.problem.message
      );
    });
    expect(message).toMatch(
      /^Test gateway ended with exit code 0 after \d+\.\d s, three times in a row: it seems to only start a service\.$/,
    );
  },
);

describe.skipIf(onWindows)('a state file', () => {
  const report = (fields: object): Partial<ProfileInput> => ({
    report: {
      from: [{ type: 'file', path: join(bench.root, 'state.json') }],
      fields: { state: 'state', reason: 'why', restart: 'again', pid: 'pid' },
      stopped: ['stopped'],
    },
    readiness: { type: 'started' },
    ...fields,
  });
  const says = (pid: string, state: string, code = 0) =>
    shell(
      `trap 'echo "{\\"pid\\": ${pid}, \\"state\\": \\"${state}\\", \\"why\\": \\"it was asked\\"}" > ${join(bench.root, 'state.json')}; exit ${code}' TERM; echo ready; while :; do sleep 0.05; done`,
    );

  it('that says it was stopped by its own command is believed, and nothing is started [R63]', async () => {
    const supervisor = started(bench.profile([], report({ program: says('$$', 'stopped') })));
    const { identity } = await untilStatus(supervisor, 'running');
    await until(() => bench.log().includes('ready'), 'its trap');
    process.kill(identity.pid, 'SIGTERM');
    await untilView(supervisor, (one) => one.view().state.status === 'stopped');
    expect(supervisor.view()).toMatchObject({
      desired: 'running',
      restarts: 0,
      lastExit: { code: 0, reason: 'stopped by its own command' },
    });
    supervisor.start();
    const again = await untilStatus(supervisor, 'running');
    expect(again.identity.pid).not.toBe(identity.pid);
  });

  it('of another process gives no reason for this exit [R64]', async () => {
    const supervisor = started(bench.profile([], report({ program: says('1', 'stopped', 3) })));
    const { identity } = await untilStatus(supervisor, 'running');
    await until(() => bench.log().includes('ready'), 'its trap');
    process.kill(identity.pid, 'SIGTERM');
    await untilView(supervisor, (one) => one.view().restarts === 1);
    expect(supervisor.view().lastExit?.reason).toBe('exit code 3');
  });
});
