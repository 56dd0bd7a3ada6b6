import { expect, it } from 'vitest';
import { judgeSandbox } from './sandbox.ts';

const allowed = () => ({ allowed: true }) as const;
const refused = (setting: string | null) => () => ({ allowed: false, setting }) as const;
const notAsked = () => {
  throw new Error('the system was asked');
};

it('a start with a sandbox asks nothing and says nothing', () => {
  const args = ['--hidden'];
  const judged = judgeSandbox({ args, fromImage: true, namespaces: notAsked });
  expect(judged).toEqual({ args, problem: null });
});

it('a sandbox that its user leaves out is missed, and stays left out', () => {
  const args = ['--no-sandbox', '--hidden'];
  for (const [fromImage, namespaces] of [
    [false, notAsked],
    [true, allowed],
    [true, () => null],
  ] as const) {
    const judged = judgeSandbox({ args, fromImage, namespaces });
    expect(judged.args).toEqual(args);
    expect(judged.problem?.message).toContain('it was started with --no-sandbox');
    expect(judged.problem?.hint).toContain('as an ordinary user');
  }
});

it.each([
  ['kernel.apparmor_restrict_unprivileged_userns', 'AppArmor profile'],
  ['kernel.unprivileged_userns_clone', 'sysctl kernel.unprivileged_userns_clone=1'],
  ['user.max_user_namespaces', 'sysctl user.max_user_namespaces='],
  [null, 'unshare -Ur true'],
])(
  'a sandbox that an AppImage leaves out because of %s is missed, and tried again',
  (setting, remedy) => {
    const args = ['--no-sandbox', '--hidden'];
    const judged = judgeSandbox({ args, fromImage: true, namespaces: refused(setting) });
    expect(judged.args).toEqual(['--hidden']);
    expect(judged.problem?.message).toContain(setting ?? 'no user namespace.');
    expect(judged.problem?.hint).toContain(remedy);
  },
);
