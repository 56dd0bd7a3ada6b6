/** Makes the release gateway slow, stubborn or its update command bad, at a test's word. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { profileOf } from './fault-world.ts';
import type { UpdateWorld } from './update-world.ts';

/** Gives the release gateway this update command; to be called before the app starts. */
export function setUpdateCommand(world: UpdateWorld, script: string): void {
  const profile = profileOf(world, 'release');
  const { update } = profile;
  if (update?.policy !== 'release' || !update.command) throw new Error('no update command');
  const command = { command: '/bin/sh', args: ['-c', script], cwd: world.sandbox.folder };
  world.sandbox.writeProfile({ ...profile, update: { ...update, command } });
}

/** The update command as it stands, for a shell. */
export function updateCommand(world: UpdateWorld): string {
  const { update } = profileOf(world, 'release');
  if (update?.policy !== 'release' || !update.command) throw new Error('no update command');
  const words = [update.command.command, ...(update.command.args ?? [])];
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}

/** The update command waits until the answer is called. */
export function holdUpdateCommand(world: UpdateWorld): () => void {
  const gate = join(world.sandbox.folder, 'go-on');
  const wait = `until [ -e '${gate}' ]; do sleep 0.02; done`;
  setUpdateCommand(world, `${wait}; exec ${updateCommand(world)}`);
  return () => writeFileSync(gate, '');
}

/**
 * A client in the middle of its request: the release gateway, asked to stop, finishes it first.
 * Ended by calling the answer.
 */
export async function holdReleaseGateway(world: UpdateWorld): Promise<() => void> {
  const { port } = profileOf(world, 'release');
  if (port === undefined) throw new Error('the release gateway has no port');
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n');
  return () => socket.destroy();
}
