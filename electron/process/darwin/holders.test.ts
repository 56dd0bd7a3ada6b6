/** What lsof prints, read without lsof. */
import { expect, test } from 'vitest';
import { parseLsof, parseSocket } from './holders.ts';

test.each([
  ['*:8080', 'IPv4', { address: '0.0.0.0', port: 8080 }],
  ['*:8080', 'IPv6', { address: '::', port: 8080 }],
  ['127.0.0.1:80', 'IPv4', { address: '127.0.0.1', port: 80 }],
  ['[::1]:443', 'IPv6', { address: '::1', port: 443 }],
  ['127.0.0.1:80->127.0.0.1:5123', 'IPv4', undefined],
])('the socket %s of kind %s is read', (name, kind, socket) => {
  expect(parseSocket(name, kind)).toEqual(socket);
});

test('each file of the list keeps its process, its command, its descriptor and its kind', () => {
  const text =
    'p12\ncnode\nf21\ntIPv6\nn*:8642\nf22\ntIPv4\nn127.0.0.1:8643\np13\ncnginx\nfcwd\ntDIR\nn/srv\n';
  expect(parseLsof(text)).toEqual([
    { pid: 12, command: 'node', fd: '21', kind: 'IPv6', name: '*:8642' },
    { pid: 12, command: 'node', fd: '22', kind: 'IPv4', name: '127.0.0.1:8643' },
    { pid: 13, command: 'nginx', fd: 'cwd', kind: 'DIR', name: '/srv' },
  ]);
});
