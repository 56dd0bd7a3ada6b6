/** The real processes and files, from the process table and the disk, independent of the watcher. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../../electron/contract/identity.ts';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { readLedger } from '../../electron/gateway/ledger/ledger.ts';
import { isNonceOf } from '../../electron/gateway/ledger/nonce.ts';
import { isAlive, readNonce, whoHoldsPort } from '../../electron/process/index.ts';
import { readEndpoint } from '../../electron/rpc/endpoint.ts';
import type { SoakGateway } from './gateways.ts';
import { commandOf, type FoundProcess, processesOf } from './processes.ts';
import { identityOf, type World } from './world.ts';

/** What is wrong, one line each; empty when every invariant holds. */
export async function lookAround(world: World, state: WatcherState): Promise<string[]> {
  const wrong = [...processTrouble(world, state), ...fileTrouble(world)];
  // The expensive checks, through the sockets of every process, follow when the cheap ones find nothing.
  if (wrong.length > 0) return wrong;
  const found = await Promise.all(
    world.gateways.map(async (gateway) => {
      const identity = identityOf(state.gateways[gateway.profile.id]);
      const trouble = await servingTrouble(gateway, identity);
      return trouble.map((one) => `${gateway.profile.id}: ${one}`);
    }),
  );
  return found.flat();
}

function processTrouble(world: World, state: WatcherState): string[] {
  const { root, ledger } = world.state;
  const found = processesOf(root);
  const watcher = state.watcher.identity;
  const ids = world.gateways.map(({ profile }) => profile.id);
  const others = found.filter(
    ({ pid, nonce }) => pid !== watcher.pid && !ids.some((id) => isNonceOf(nonce, root, id)),
  );
  const gateways = ids.flatMap((id) => {
    const identity = identityOf(state.gateways[id]);
    const own = found.filter(({ nonce }) => isNonceOf(nonce, root, id));
    const trouble = [...censusTrouble(identity, own), ...recordTrouble(ledger, id, identity)];
    return trouble.map((one) => `${id}: ${one}`);
  });
  return [
    ...(isAlive(watcher) ? [] : [`the watcher (pid ${watcher.pid}) is dead`]),
    ...others.map(({ pid }) => `process ${pid} belongs to no gateway: ${commandOf(pid)}`),
    ...gateways,
  ];
}

/** Exactly the carriers of one nonce, or of none when it is stopped. */
function censusTrouble(identity: Identity | null, own: readonly FoundProcess[]): string[] {
  const others = own.filter(({ nonce }) => nonce !== identity?.nonce);
  const wrong = others.map(({ pid }) => `pid ${pid} should not live: ${commandOf(pid)}`);
  if (!identity) return wrong;
  if (!isAlive(identity)) wrong.push(`pid ${identity.pid} is dead`);
  if (!own.some(({ pid }) => pid === identity.pid)) wrong.push('it does not carry its nonce');
  return wrong;
}

function recordTrouble(folder: string, id: string, identity: Identity | null): string[] {
  const ledger = readLedger(folder, id);
  const recorded = ledger.type === 'record' ? ledger.ledger.process?.identity : undefined;
  // The record of an ended process may stay: it matches no process, even if the pid is reused.
  const names = recorded && isAlive(recorded) ? recorded.pid : undefined;
  if (names === identity?.pid) return [];
  return [`its record names pid ${names}, the watcher says ${identity?.pid}`];
}

/** Its port is its own, and the answers there carry the nonce that the watcher shows. */
async function servingTrouble(
  { profile, tells }: SoakGateway,
  identity: Identity | null,
): Promise<string[]> {
  const holder = whoHoldsPort(profile.port)?.pid;
  if (!identity) return holder === undefined ? [] : [`its port is still held by pid ${holder}`];
  const listens = holder ? readNonce(holder) : undefined;
  const wrong =
    listens === identity.nonce ? [] : [`its port is held by pid ${holder}, nonce ${listens}`];
  if (!tells) return wrong;
  const answered = await nonceFrom(profile.port);
  return answered === identity.nonce
    ? wrong
    : [...wrong, `its answer carries ${answered}, not ${identity.nonce}`];
}

async function nonceFrom(port: number): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/status`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(5_000),
    });
    const body: unknown = await answer.json();
    return String(typeof body === 'object' && body !== null && Reflect.get(body, 'nonce'));
  } catch (error) {
    return `no answer (${String(error)})`;
  }
}

/** Exactly the files that belong there: no draft, no temporary file, no second socket. */
function fileTrouble(world: World): string[] {
  const { state } = world;
  const ids = world.gateways.map(({ profile }) => `${profile.id}.json`);
  const socket = readEndpoint(state)?.socket.split('/').at(-1) ?? 'no endpoint';
  return [
    ...difference(state.profiles, ids),
    ...difference(state.ledger, ids),
    ...difference(state.run, ['endpoint.json', 'secret', 'watcher.lock']),
    ...difference(state.updates, []),
    ...difference(world.sockets, [socket]),
    ...difference(join(world.folder, 'tmp'), []),
    ...entriesOf(state.staged)
      .filter((name) => !/^(bundle|runtime)-[a-f0-9]+$/.test(name))
      .map((name) => `${name} lies in ${state.staged}`),
  ];
}

function difference(folder: string, expected: readonly string[]): string[] {
  const found = entriesOf(folder);
  return [
    ...found.filter((name) => !expected.includes(name)).map((name) => `${name} lies in ${folder}`),
    ...expected
      .filter((name) => !found.includes(name))
      .map((name) => `${name} is missing in ${folder}`),
  ];
}

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
