/** In a program of its own: this one was not started for it. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const memory = new URL('./memory.ts', import.meta.url).href;
const megabyte = 1024 * 1024;

/** Resident bytes with 64 MB in use, and after these are let go and memory was given back. */
function measure(...flags: string[]): { held: number; after: number } {
  const script = `
    import { giveMemoryBack } from ${JSON.stringify(memory)};
    let all = Array.from({ length: 1024 }, (_, n) => Array.from({ length: 8192 }, (_, m) => n * m + 0.5));
    const held = process.memoryUsage().rss;
    all = null;
    giveMemoryBack();
    console.log(JSON.stringify({ held, after: process.memoryUsage().rss }));`;
  const args = [...flags, '--input-type=module', '--eval', script];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

it('gives back what is no longer in use', () => {
  const { held, after } = measure('--expose-gc');
  expect(held - after).toBeGreaterThan(32 * megabyte);
});

it('does nothing where nobody asked for it', () => {
  const { held, after } = measure();
  expect(held - after).toBeLessThan(32 * megabyte);
});
