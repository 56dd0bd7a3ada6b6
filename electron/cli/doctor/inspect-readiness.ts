/** Asks a gateway once what its profile asks it at a start: is it ready? */
import type { Expect, Readiness } from '../../contract/probes.ts';
import type { Profile } from '../../contract/profile.ts';
import { lastBeat } from '../../gateway/health/heartbeat.ts';
import { Addresses } from '../../gateway/probes/addresses.ts';
import { askSocket } from '../../gateway/probes/control-socket.ts';
import { ask, connects, loopback } from '../../gateway/probes/http.ts';
import { unmet } from '../../gateway/probes/json-field.ts';
import { dataPath } from '../../gateway/profiles/profiles.ts';
import { systemClock } from '../../process/index.ts';
import { type Finding, fail, pass, skip } from './finding.ts';

/** A gateway that is well answers within milliseconds; a busy machine gets some patience. */
const askMs = 2_000;
/** A profile that names no heartbeat may still be ready by one. */
const beatMs = 90_000;

/** Never rejects. `dataDir`: the gateway's data folder. */
export async function judgeReadiness(profile: Profile, dataDir: string): Promise<Finding> {
  const { readiness, port } = profile;
  switch (readiness.type) {
    case 'started':
    case 'stdout':
    case 'report':
      return skip('readiness', 'Its profile names nothing that could be asked now.');
    case 'control-socket':
      return judgeSocket(readiness, dataDir);
    case 'heartbeat':
      return judgeBeat(readiness.path, profile.heartbeat?.maxAgeMs ?? beatMs, dataDir);
    case 'tcp':
      return judgeTcp(profile, port ?? 0);
    case 'http':
      return judgeHttp(readiness, profile, port ?? 0);
  }
}

/** Where to ask: one that answers at another address says so in its profile. */
function hostsOf({ host }: Profile): readonly string[] {
  return host === undefined ? loopback : new Addresses({ port: undefined, host }).candidates;
}

async function judgeTcp(profile: Profile, port: number): Promise<Finding> {
  for (const host of hostsOf(profile)) {
    if (await connects({ host, port, timeoutMs: askMs, clock: systemClock })) {
      return pass('readiness', `Port ${port} takes connections.`);
    }
  }
  return fail('readiness', `Port ${port} refuses connections.`);
}

async function judgeHttp(
  readiness: Extract<Readiness, { type: 'http' }>,
  profile: Profile,
  port: number,
): Promise<Finding> {
  const { https } = profile;
  for (const host of hostsOf(profile)) {
    const options = { host, port, https, timeoutMs: askMs, clock: systemClock };
    const answer = await ask(readiness.path, options);
    if (answer.type === 'refused') continue;
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    return judgeAnswer(
      `${https ? 'https' : 'http'}://${address}${readiness.path}`,
      answer,
      readiness.expect,
    );
  }
  return fail('readiness', `Port ${port} refuses connections.`);
}

function judgeAnswer(
  url: string,
  answer: Exclude<Awaited<ReturnType<typeof ask>>, { type: 'refused' }>,
  expect: Expect | undefined,
): Finding {
  if (answer.type === 'silent') {
    return fail('readiness', `${url} gave no answer within ${askMs / 1000} s.`);
  }
  if (answer.type === 'other') return fail('readiness', `${url}: it ${answer.clause}.`);
  const unmetPart = expect ? unmet(answer.body, expect) : null;
  const well = answer.status >= 200 && answer.status < 300 && unmetPart === null;
  const text = `${url} answers ${answer.status}${unmetPart === null ? '' : ` ${unmetPart}`}.`;
  return well ? pass('readiness', text) : fail('readiness', text);
}

async function judgeSocket(
  { path, verb }: Extract<Readiness, { type: 'control-socket' }>,
  dataDir: string,
): Promise<Finding> {
  const file = dataPath(path, dataDir);
  const answer = await askSocket({ path: file, verb, timeoutMs: askMs, clock: systemClock });
  if (answer.type === 'refused') return fail('readiness', `No program listens on ${file}.`);
  return answer.type === 'answer' && answer.status < 300
    ? pass('readiness', `Its control socket answers "${verb}".`)
    : fail('readiness', `${file} gave no good answer to "${verb}" within ${askMs / 1000} s.`);
}

function judgeBeat(path: string, maxAgeMs: number, dataDir: string): Finding {
  const file = dataPath(path, dataDir);
  const beat = lastBeat(file);
  if (beat === null) return fail('readiness', `There is no heartbeat ${file}.`);
  const seconds = Math.max(0, Math.round((Date.now() - beat) / 1000));
  const text = `Its heartbeat is ${seconds} s old.`;
  return seconds * 1000 <= maxAgeMs ? pass('readiness', text) : fail('readiness', text);
}
