/** A stranger on the pipe that an endpoint names is detected before it gets any data. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../process/index.ts';
import { connectWatcher } from './client.ts';
import { newChallenge } from './frames.ts';

test('a squatter that does not know the secret is refused with a sentence', async () => {
  const pipe = `\\\\.\\pipe\\holdfast-test-${randomBytes(8).toString('hex')}`;
  const secret = randomBytes(32).toString('hex');
  const heard: string[] = [];
  const squatter = createServer((socket) => {
    socket.on('data', (data) => heard.push(String(data)));
    socket.on('error', () => {});
    socket.write(`${JSON.stringify({ challenge: newChallenge(), proof: '0'.repeat(64) })}\n`);
  });
  await new Promise<void>((resolve) => squatter.listen(pipe, resolve));
  await expect(connectWatcher({ socket: pipe, secret, clock: systemClock })).rejects.toThrow(
    'does not know the secret of this state folder',
  );
  // Our challenge, which is random, and nothing more.
  expect(heard.join('').split('\n').filter(Boolean)).toHaveLength(1);
  expect(heard.join('')).not.toContain(secret);
  await new Promise((resolve) => squatter.close(resolve));
});
