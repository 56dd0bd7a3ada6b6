/** A gateway's log while a real process writes it, and others move, remove and replace it. */
import {
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogLine } from '../../contract/log-calls.ts';
import { fileKeyOf } from '../../files/file-identity.ts';
import { logOpenIn, systemClock, whereLogIs } from '../../process/index.ts';
import {
  createGatewayBench,
  type GatewayBench,
  killTree,
  untilEnded,
  untilStatus,
  untilView,
} from '../../testing/gateway-bench.ts';
import { until } from '../../testing/processes.ts';
import type { Supervisor } from '../types.ts';
import { followLog } from './log-tail.ts';

/** Writes its argument at once, without a line end; a line on SIGUSR2, 400 KB on SIGHUP. */
const talker = `
const { writeSync } = require('node:fs');
process.on('SIGUSR2', () => writeSync(1, 'more\\n'));
process.on('SIGHUP', () => { for (let n = 0; n < 400; n += 1) writeSync(1, 'x'.repeat(999) + '\\n'); });
setInterval(() => {}, 2 ** 30);
writeSync(1, process.argv[1]);
`;

let bench: GatewayBench;
let file: string;
beforeEach(() => {
  bench = createGatewayBench();
  file = join(bench.stateRoot, 'logs', 'g.log');
});
afterEach(() => bench.clean());

function talking(): Supervisor {
  const args = ['-e', talker, 'Enter code: '];
  const program = { type: 'command' as const, command: process.execPath, args };
  const profile = bench.profile([], { program, readiness: { type: 'started' } });
  return bench.supervisor(profile, { tuning: { logMaxBytes: 100_000 } });
}

async function begun(supervisor: Supervisor): Promise<number> {
  const { identity } = await untilStatus(supervisor, 'running');
  await until(() => existsSync(file) && bench.log().endsWith('Enter code: '), 'its first words');
  return identity.pid;
}

const taken = (supervisor: Supervisor) =>
  supervisor.notices().find(({ message }) => message.includes('moved, removed or replaced'));

function follow(supervisor: Supervisor): { texts: () => string[]; close: () => void } {
  const heard: LogLine[] = [];
  const take = (lines: readonly LogLine[]): void => {
    for (const line of lines) {
      if (heard.at(-1)?.open) heard.pop();
      heard.push(line);
    }
  };
  const locate = () => supervisor.logSource();
  const tail = followLog(file, { lines: 10, clock: systemClock, locate, onLines: take });
  take(tail.lines);
  return { texts: () => heard.map(({ text }) => text), close: () => tail.close() };
}

describe('the output of a gateway', () => {
  it('begins each start on a new line, whatever the last one left unfinished [R46]', async () => {
    const supervisor = talking();
    supervisor.start();
    const pid = await begun(supervisor);
    process.kill(pid, 'SIGKILL');
    await untilView(supervisor, (one) => {
      const { state } = one.view();
      return state.status === 'running' && state.identity.pid !== pid;
    });
    await until(() => bench.log().split('\n').length === 2, 'the second start to write');
    await until(() => bench.log() === 'Enter code: \nEnter code: ', 'both starts');
    await supervisor.stop();
  });

  it('goes to a new file when the log was replaced by a link, which is kept [R53]', async () => {
    const other = join(bench.root, 'precious');
    writeFileSync(other, 'precious');
    const supervisor = talking();
    supervisor.start();
    await begun(supervisor);
    await supervisor.stop();
    rmSync(file);
    symlinkSync(other, file);
    supervisor.start();
    await begun(supervisor);
    expect(readFileSync(other, 'utf8')).toBe('precious');
    const notice = supervisor
      .notices()
      .find(({ message }) => message.includes('was a link or a pipe'));
    const aside = /kept as (\S+)\. /.exec(notice?.hint ?? '')?.[1];
    expect(readFileSync(aside ?? '', 'utf8')).toBe('precious');
    await supervisor.stop();
  });
});

describe.skipIf(process.platform !== 'linux')('a log that others moved while it is written', () => {
  const ways: [string, () => void][] = [
    ['removed', () => rmSync(file)],
    ['moved', () => renameSync(file, `${file}.old`)],
    [
      'replaced',
      () => {
        renameSync(file, `${file}.old`);
        writeFileSync(file, '');
      },
    ],
  ];

  it.each(ways)(
    '%s: is reported, shown, kept small, and written again from the next start on [R48]',
    async (_, take) => {
      const supervisor = talking();
      supervisor.start();
      const pid = await begun(supervisor);
      const tail = follow(supervisor);
      take();
      const notice = await untilView(supervisor, taken);
      expect(notice).toMatchObject({ hint: expect.stringContaining('Restart it') });
      process.kill(pid, 'SIGUSR2');
      await until(() => tail.texts().at(-1) === 'Enter code: more', 'its newest line');
      process.kill(pid, 'SIGHUP');
      const output = `/proc/${pid}/fd/1`;
      await until(() => existsSync(`${file}.1`), 'it to be cut');
      await until(() => statSync(output).size < 100_000, 'the rest to be cut');
      expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(500_000);
      await supervisor.restart();
      await begun(supervisor);
      await untilView(supervisor, (one) => !taken(one));
      await until(() => tail.texts().at(-1) === 'Enter code: ', 'the new start in the old tail');
      tail.close();
      await supervisor.stop();
    },
  );

  it('is known to the next watcher too, by the record or by the process', async () => {
    for (const record of [true, false]) {
      const first = talking();
      first.start();
      const pid = await begun(first);
      first.freeze();
      if (record) renameSync(file, `${file}.old`);
      else rmSync(file);
      if (!record) rmSync(join(bench.stateRoot, 'ledger', 'g.json'));
      const second = talking();
      expect(second.adopt()).toBe(true);
      await untilView(second, taken);
      process.kill(pid, 'SIGUSR2');
      const tail = follow(second);
      await until(() => tail.texts().at(-1) === 'Enter code: more', 'its newest line');
      tail.close();
      const { identity } = await untilStatus(second, 'running');
      await second.stop();
      await untilEnded(identity);
    }
  });

  it('is not mistaken for output that a gateway redirects itself', async () => {
    const own = join(bench.root, 'own.log');
    const program = {
      type: 'command' as const,
      command: '/bin/sh',
      args: ['-c', `exec >> ${own} 2>&1; echo mine; while :; do sleep 1; done`],
    };
    const profile = bench.profile([], { program, readiness: { type: 'started' } });
    const supervisor = bench.supervisor(profile, { tuning: { logMaxBytes: 1 } });
    supervisor.start();
    const { identity } = await untilStatus(supervisor, 'running');
    await until(() => existsSync(own) && readFileSync(own, 'utf8') === 'mine\n', 'its own log');
    const key = fileKeyOf(file);
    rmSync(file);
    expect(logOpenIn(identity.pid, file)).toBeNull();
    expect(whereLogIs(file, key ?? '', identity.pid)).toBeNull();
    expect(supervisor.logSource()).toEqual({ path: file, through: null });
    await killTree(identity);
    await supervisor.stop();
  });
});
