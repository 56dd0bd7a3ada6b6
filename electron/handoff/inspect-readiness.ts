/** Asks a gateway once what its profile asks it at a start: is it ready? */
import type { Expect, Readiness } from '../contract/looks.ts';
import type { Profile } from '../contract/profile.ts';
import { Addresses } from '../gateway/addresses.ts';
import { askSocket } from '../gateway/control-socket.ts';
import { dataPath } from '../gateway/data-path.ts';
import { beatOf } from '../gateway/heartbeat.ts';
import { unmet } from '../gateway/json-field.ts';
import { ask, connects, loopback } from '../gateway/probe.ts';
import { systemClock } from '../process/index.ts';
import { fail, type Probe, pass, skip } from './probe-result.ts';

/** A gateway that is well answers within milliseconds; a busy machine gets some patience. */
const ASK_MS = 2_000;
/** A profile without a heartbeat of its own may still be ready by one. */
const BEAT_MS = 90_000;

/** Never rejects. `dataDir`: the gateway's data folder. */
export async function judgeReadiness(profile: Profile, dataDir: string): Promise<Probe> {
  const { readiness, port } = profile;
  switch (readiness.type) {
    case 'started':
    case 'stdout':
    case 'report':
      return skip('readiness', 'Its profile names nothing that could be asked now.');
    case 'control-socket':
      return judgeSocket(readiness, dataDir);
    case 'heartbeat':
      return judgeBeat(readiness.path, profile.heartbeat?.maxAgeMs ?? BEAT_MS, dataDir);
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

async function judgeTcp(profile: Profile, port: number): Promise<Probe> {
  for (const host of hostsOf(profile)) {
    if (await connects({ host, port, timeoutMs: ASK_MS, clock: systemClock })) {
      return pass('readiness', `Port ${port} takes connections.`);
    }
  }
  return fail('readiness', `Port ${port} refuses connections.`);
}

async function judgeHttp(
  { path, expect }: { readonly path: string; readonly expect?: Expect | undefined },
  profile: Profile,
  port: number,
): Promise<Probe> {
  const { https } = profile;
  for (const host of hostsOf(profile)) {
    const answer = await ask(path, { host, port, https, timeoutMs: ASK_MS, clock: systemClock });
    if (answer.type === 'refused') continue;
    const scheme = https ? 'https' : 'http';
    const asked = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
    if (answer.type === 'silent') {
      return fail('readiness', `${asked} gave no answer within ${ASK_MS / 1000} s.`);
    }
    if (answer.type === 'other') return fail('readiness', `${asked}: it ${answer.said}.`);
    const wrong = expect ? unmet(answer.body, expect) : null;
    const well = answer.status >= 200 && answer.status < 300 && wrong === null;
    const text = `${asked} answers ${answer.status}${wrong === null ? '' : ` ${wrong}`}.`;
    return well ? pass('readiness', text) : fail('readiness', text);
  }
  return fail('readiness', `Port ${port} refuses connections.`);
}

async function judgeSocket(
  { path, verb }: Extract<Readiness, { type: 'control-socket' }>,
  dataDir: string,
): Promise<Probe> {
  const file = dataPath(path, dataDir);
  const answer = await askSocket({ path: file, verb, timeoutMs: ASK_MS, clock: systemClock });
  if (answer.type === 'refused') return fail('readiness', `Nobody listens on ${file}.`);
  return answer.type === 'answer' && answer.status < 300
    ? pass('readiness', `Its control socket answers "${verb}".`)
    : fail('readiness', `${file} gave no good answer to "${verb}" within ${ASK_MS / 1000} s.`);
}

function judgeBeat(path: string, maxAgeMs: number, dataDir: string): Probe {
  const file = dataPath(path, dataDir);
  const beat = beatOf(file);
  if (beat === null) return fail('readiness', `There is no heartbeat ${file}.`);
  const seconds = Math.max(0, Math.round((Date.now() - beat) / 1000));
  const text = `Its heartbeat is ${seconds} s old.`;
  return seconds * 1000 <= maxAgeMs ? pass('readiness', text) : fail('readiness', text);
}
