import { describe, expect, it } from 'vitest';
import { parseOptions, raisedRights } from './options.ts';

describe('command line options', () => {
  it('are read or refused with a sentence', () => {
    expect(parseOptions(['--state', '/s', '--succeed'])).toMatchObject({
      state: '/s',
      succeed: true,
    });
    expect(parseOptions(['--state', '/s', '--idle-ms', '7'])).toMatchObject({ idleMs: 7 });
    expect(parseOptions(['--state', '/s'])).toMatchObject({ demo: false });
    expect(parseOptions(['--state', '/s', '--demo'])).toMatchObject({ demo: true });
    expect(parseOptions(['--state', '/s', '--after', '7:boot:1'])).toMatchObject({
      after: { pid: 7, startedAt: 'boot:1' },
    });
    expect(parseOptions(['--state', '/s', '--final-as-success'])).toMatchObject({
      finalAsSuccess: true,
    });
    expect(parseOptions(['--state', '/s', '--after', 'x'])).toMatch(/--after must name/);
    expect(parseOptions([])).toMatch(/--state must name/);
    expect(parseOptions(['--state', '/s', '--idle-ms', 'x'])).toMatch(/number/);
    expect(parseOptions(['--state', '/s', 'x'])).toMatch(/x is not an option/);
  });
});

describe('a user’s rights', () => {
  it('are refused with a sentence when they are raised, and only then [F52]', () => {
    expect(raisedRights(() => true)).toContain('start Holdfast without raised rights');
    expect(raisedRights()).toBeUndefined();
  });
});
