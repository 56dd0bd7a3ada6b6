import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { tryUserNamespaces } from './user-namespaces.ts';

const file = JSON.stringify(new URL('user-namespaces.ts', import.meta.url).href);
const ask = `import(${file}).then((it) => console.log(JSON.stringify(it.tryUserNamespaces())))`;

/** What a program is told inside a user namespace in which there may be no further one. */
const words = [
  ...['--user', '--map-root-user', 'sh', '-c'],
  'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"',
  ...['sh', process.execPath, '--no-warnings', '-e', ask],
];

it.skipIf(!tryUserNamespaces().allowed)('the setting that forbids user namespaces is named', () => {
  expect(JSON.parse(execFileSync('unshare', words, { encoding: 'utf8' }))).toEqual({
    allowed: false,
    setting: 'user.max_user_namespaces',
  });
});
