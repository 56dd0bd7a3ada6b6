/** `holdfast update --gateway`, as a desktop updater would call it, with both profiles of Hermes. */
import { afterEach, expect, it } from 'vitest';
import { HermesWorld } from '../testing/hermes-world.ts';
import { createSource } from '../testing/stage-source.ts';
import { act } from './act.ts';
import { parseArguments } from './arguments.ts';
import { status } from './status.ts';

let one: HermesWorld;
afterEach(() => one.bench.sweep());

async function holdfast(args: string): Promise<{ code: number; said: string }> {
  const asked = parseArguments(args.split(' '), {});
  if (typeof asked === 'string' || asked.command.name !== 'update') throw new Error(String(asked));
  const said: string[] = [];
  const print = (text: string): void => void said.push(text);
  const source = createSource(one.bench.folder);
  const voice = { print, warn: print };
  const code = await act(one.bench.state, asked.command, voice, source, null);
  return { code, said: said.join('\n') };
}

it('updates Hermes once for both profiles, and says what Hermes itself recorded, as “status” does later [R124]', async () => {
  one = await HermesWorld.serve();
  one.install.publish({ version: '0.24.0', needs: 2 });
  const { code, said } = await holdfast('update --gateway --yes');
  expect(code).toBe(0);
  const from = one.recorded.slice(0, 8);
  const to = one.install.head().slice(0, 8);
  const line = new RegExp(
    `last update: 0\\.23\\.4 → 0\\.24\\.0, installed .* ago; away for [0-9.]+ s; its updater says: it worked \\(${from} → ${to}\\)`,
  );
  expect(said).toMatch(line);
  await one.ends('committed');
  await one.bothServe('0.24.0');
  expect(one.install.receipts().length).toBe(1);
  // On both, whichever of them was updated for both.
  const { text } = await status(one.bench.state, { gateways: 'all', json: false, deep: false });
  expect(text.split('\n').filter((one) => line.test(one)).length).toBe(2);
  await one.bench.finish();
}, 180_000);
