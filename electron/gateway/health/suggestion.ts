/**
 * Suggests health checks for a gateway whose profile names none: where it really listens, and which of
 * the usual health addresses it answers. The user decides.
 */
import * as z from 'zod/mini';
import type { Identity } from '../../contract/identity.ts';
import type { Suggestion } from '../../contract/presets.ts';
import { type Profile, profileSchema } from '../../contract/profile.ts';
import { type Clock, listenersOf } from '../../process/index.ts';
import { ask, loopback } from '../probes/http.ts';

/** The usual ones, the most telling first. */
const healthPaths = ['/health', '/healthz', '/'] as const;
const askTimeoutMs = 2_000;
/** Programs open a port or two; more are not asked. */
const maxPorts = 8;
/** Only a listener that the loopback reaches is asked. */
const reachable = new Set<string>(['0.0.0.0', '::', ...loopback, '::ffff:127.0.0.1']);

/** Null when there is nothing to suggest: its profile has health checks, or it does not listen. */
export async function suggestChecks(
  profile: Profile,
  identity: Identity,
  clock: Clock,
): Promise<Suggestion | null> {
  const { liveness, heartbeat, port: known, program } = profile;
  if (program.type !== 'command' || liveness || heartbeat) return null;
  const ports = [
    ...new Set(
      listenersOf(identity)
        .filter(({ address }) => reachable.has(address))
        .map(({ port }) => port),
    ),
  ].sort((a, b) => Number(b === known) - Number(a === known) || a - b);
  for (const port of ports.slice(0, maxPorts)) {
    const path = await healthPathOf(port, clock);
    if (path !== null) return { port, path, profile: withChecks(profile, port, path) };
  }
  const [first] = ports;
  if (first === undefined || (first === known && profile.readiness.type !== 'started')) return null;
  return { port: first, path: null, profile: withChecks(profile, first, null) };
}

async function healthPathOf(port: number, clock: Clock): Promise<string | null> {
  for (const path of healthPaths) {
    for (const host of loopback) {
      const answer = await ask(path, { host, port, timeoutMs: askTimeoutMs, clock });
      // A redirect may lead to a log-in page, which says nothing about its health.
      if (answer.type === 'answer' && answer.status < 300) return path;
    }
  }
  return null;
}

function withChecks(profile: Profile, port: number, path: string | null): Profile {
  const checks =
    path === null
      ? { readiness: { type: 'tcp' } }
      : { readiness: { type: 'http', path }, liveness: { type: 'http', path } };
  return z.parse(profileSchema, { ...profile, port, ...checks });
}
