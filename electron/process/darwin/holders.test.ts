/** What lsof prints, read without lsof. */
import { expect, test } from 'vitest';
import { parseLsof } from './holders.ts';

test('each file of the list keeps its process, its command and its descriptor', () => {
  const text = 'p12\ncnode\nf21\nn/srv/a\nf22\nn/srv/b\np13\ncnginx\nfcwd\nn/srv\n';
  expect(parseLsof(text)).toEqual([
    { pid: 12, command: 'node', fd: '21', name: '/srv/a' },
    { pid: 12, command: 'node', fd: '22', name: '/srv/b' },
    { pid: 13, command: 'nginx', fd: 'cwd', name: '/srv' },
  ]);
});
