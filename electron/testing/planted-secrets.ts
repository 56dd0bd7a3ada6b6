/**
 * For tests: secrets planted wherever a user or a gateway may leave one (variables, profiles, logs, health
 * addresses, arguments of programs, files of older versions). All of them match `plantedSecret`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Profile } from '../contract/profile.ts';
import { EventLog } from '../gateway/events/event-log.ts';
import { saveProfile } from '../gateway/profiles/profiles.ts';
import { freePort } from './free-port.ts';
import { type Bench, createBench } from './watcher-bench.ts';

/** The name of a user, which is no secret but for a report. */
export const plantedUser = 'planteduser';
export const plantedSecret = /planted(?!user)/i;

/** What the command line is started with: its own environment, and another user's home. */
export const plantedEnvironment: Readonly<Record<string, string>> = {
  ...(process.platform === 'win32'
    ? { USERPROFILE: `C:\\Users\\${plantedUser}` }
    : { HOME: `/home/${plantedUser}` }),
  PLANTED: 'planted-own-env',
};

/** Four gateways: `ref` runs, `talker` prints what it knows and fails, `sick` never answers, `far` is unreachable. */
export async function plantedBench(): Promise<Bench> {
  const bench = await createBench({ env: { MODEL_KEY: 'plantednv1', PLAIN: 'Planted-env-2' } });
  const { port: _, status: _s, liveness: _l, ...rest } = bench.profile;
  const add = (id: string, name: string, own: Pick<Profile, 'program'> & Partial<Profile>) =>
    saveProfile(bench.state.profiles, {
      ...{ ...rest, id, name, readiness: { type: 'started' }, update: { policy: 'keep' } },
      ...own,
    });
  const said = [
    'started with Planted-talker-env and planted-arg-1',
    'Authorization: Bearer planted-bearer',
    'GET http://me:planted-pw@127.0.0.1/x?whatever=planted-query',
    `loaded /home/${plantedUser}/.talker/config`,
  ];
  add('talker', 'Talker', {
    program: node(`console.log(${JSON.stringify(said.join('\n'))}); process.exit(78);`),
    env: { TALKER: 'Planted-talker-env' },
  });
  add('sick', 'Sick', {
    program: node('console.log("asks planted-arg-1"); setInterval(() => {}, 2 ** 30);'),
    port: await freePort(),
    readiness: { type: 'http', path: '/healthz?session=planted-health&token=planted-asked' },
    startTimeoutMs: 1_000,
  });
  add('far', 'Far', {
    program: { type: 'remote', url: 'http://me:planted-far@127.0.0.1:9/x?q=planted-asked' },
  });
  plantInFiles(bench);
  return bench;
}

/** A command with secrets among its arguments. */
function node(script: string): Extract<Profile['program'], { type: 'command' }> {
  const args = ['-e', script, '--', '--token', 'planted-arg-1', '--api-key=planted-arg-2'];
  return { type: 'command', command: process.execPath, args };
}

/** Where other programs and other versions may have left something. */
function plantInFiles({ state }: Bench): void {
  const attempt = state.attempt('0000000000001-0a0b0c0d');
  mkdirSync(attempt.folder, { recursive: true });
  writeFileSync(attempt.receipt, '{"feed":"https://u:planted-receipt@feed.example/","token":7}');
  writeFileSync(
    attempt.journal,
    '{"event":{"why":"password=planted-journal"}}\n{"torn": "Planted-env-2',
  );
  writeFileSync(path.join(state.profiles, 'broken.json'), '{"apiKey":"planted-broken",');
  writeFileSync(state.appLog, `opened with Planted-env-2 by ${plantedUser}\n`);
  writeFileSync(state.settings, '{"schema":1,"later":{"sessionToken":"planted-setting"}}');
  new EventLog(state.eventFile('talker')).append([
    {
      kind: 'failed',
      problem: { message: 'It said: plantednv1', hint: 'Look.' },
      output: ['Planted-talker-env', 'Set-Cookie: a=planted-cookie'],
      at: Date.now(),
      up: 1,
    },
  ]);
}
