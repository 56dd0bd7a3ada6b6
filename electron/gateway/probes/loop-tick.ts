/**
 * Asks a gateway's event loop itself. The loop listens on its own address and sends a byte on every
 * connection, which it can do only while it runs; a heartbeat file may be late because of a slow disk.
 * As Hermes does it: a socket with its pid in the name, or a TCP port that the heartbeat file names
 * (NousResearch/hermes-agent #92315, #100962).
 */
import { connect } from 'node:net';
import type { Heartbeat } from '../../contract/probes.ts';
import { textOf } from '../../files/untrusted-file.ts';
import type { Clock } from '../../process/index.ts';
import { dataPath } from '../profiles/profiles.ts';
import { isOwnSocket } from './control-socket.ts';
import { fieldOf, parseJson } from './json-field.ts';

const maxHeartbeatBytes = 64 * 1024;

type Address = { readonly path: string } | { readonly host: string; readonly port: number };

/** True: it sent something within `timeoutMs`. False: it did not, or there is nothing to ask. */
export function askLoop(
  heartbeat: Heartbeat,
  dataDir: string,
  { timeoutMs, clock }: { readonly timeoutMs: number; readonly clock: Clock },
): Promise<boolean> {
  const address = addressOf(heartbeat, dataDir);
  if (!address) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(address);
    const done = (answered: boolean): void => {
      cancel();
      socket.destroy();
      resolve(answered);
    };
    const cancel = clock.after(timeoutMs, () => done(false));
    socket.once('data', () => done(true));
    socket.once('end', () => done(false));
    socket.once('error', () => done(false));
  });
}

/** Where it listens now, as its heartbeat says; null when that names nothing that may be asked. */
function addressOf({ path, loopTick }: Heartbeat, dataDir: string): Address | null {
  if (!loopTick) return null;
  const text = textOf(dataPath(path, dataDir), maxHeartbeatBytes, {
    owner: 'any',
    links: 'follow',
  });
  const beat = parseJson(text ?? '');
  const port = fieldOf(beat, loopTick.portField);
  if (isWhole(port) && port < 65_536) return { host: '127.0.0.1', port };
  const pid = fieldOf(beat, 'pid');
  if (!isWhole(pid)) return null;
  const socket = dataPath(loopTick.socket.replaceAll('{pid}', String(pid)), dataDir);
  return isOwnSocket(socket) ? { path: socket } : null;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
