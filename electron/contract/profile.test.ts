import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { describeIssues } from './define.ts';
import { profileSchema } from './profile.ts';

const smallest = {
  schema: 1,
  id: 'my-gateway',
  name: 'My gateway',
  program: { type: 'command', command: 'openclaw' },
};

describe('a profile', () => {
  it('needs little, and gets the calm defaults', () => {
    const profile = z.parse(profileSchema, smallest);
    expect(profile.update).toEqual({ policy: 'keep' });
    expect(profile.readiness).toEqual({ type: 'started' });
    expect(profile.exitCodes).toEqual({ restart: [75], fatal: [78] });
    expect(profile.stop).toEqual({ signal: 'SIGTERM', graceMs: 10_000 });
    expect(profile.autostart).toBe(true);
  });

  it.each([
    ['an id that is a path', { ...smallest, id: '../x' }, 'id'],
    ['an unknown key', { ...smallest, colour: 'red' }, 'colour'],
    ['a port out of range', { ...smallest, port: 70_000 }, 'port'],
    ['an empty command', { ...smallest, program: { type: 'command', command: '' } }, 'command'],
    ['an environment name with =', { ...smallest, env: { 'A=B': 'x' } }, 'env'],
    ['a newer format', { ...smallest, schema: 2 }, 'schema'],
    [
      'a stop by HTTP and no port',
      { ...smallest, stop: { by: { type: 'http', path: '/stop' } } },
      'port',
    ],
    [
      'a stop that the shipped gateway does not know',
      {
        ...smallest,
        program: { type: 'shipped', name: 'reference-gateway' },
        stop: { by: { type: 'file', path: 'stop' } },
      },
      'stop.by',
    ],
  ])('with %s is refused, and the sentence names it', (_what, input, named) => {
    const result = z.safeParse(profileSchema, input);
    expect(result.success).toBe(false);
    if (!result.success) expect(describeIssues(result.error)).toContain(named);
  });
});
