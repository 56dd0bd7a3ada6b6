import { describe, expect, test } from 'vitest';
import { createHiding, secretsOf } from './hide.ts';

const profile = {
  id: 'hermes',
  name: 'Hermes',
  program: {
    type: 'command',
    command: '/usr/bin/hermes',
    args: ['--key', 'arg-4711-next', '--password=arg-4711-same', '-c', 'TOKEN=arg-4711-shell run'],
  },
  env: {
    MODEL_NAME: 'env-4711-plain',
    SHORT: '8080',
    MODE: 'production',
    TOKEN: 'lettersalone',
    KEY: 'first-line-4711\nsecond-line-4711',
  },
  readiness: { type: 'http', path: '/healthz?who=query-4711' },
  remote: { url: 'https://user-4711:pass-4711@host.example/x?anything=asked-4711' },
};
const secrets = secretsOf([profile]);
const { text, json } = createHiding(secrets, '/home/alice');

describe('the secrets of a profile', () => {
  test('are its variables, what follows secret options, and what addresses carry', () => {
    for (const one of [
      ...['arg-4711-next', 'arg-4711-same', 'arg-4711-shell', 'env-4711-plain', 'first-line-4711'],
      ...['second-line-4711', 'pass-4711', 'asked-4711'],
    ]) {
      expect(secrets).toContain(one);
    }
    expect(secrets).toContain('lettersalone');
    for (const one of ['8080', 'production']) expect(secrets).not.toContain(one);
  });

  test('are hidden in the profile, whose other fields stay', () => {
    const shown = JSON.stringify(json(profile));
    expect(shown).not.toMatch(/4711/);
    expect(json(profile)).toMatchObject({
      id: 'hermes',
      program: {
        command: '/usr/bin/hermes',
        args: ['--key', '[hidden]', expect.any(String), '-c', expect.stringMatching(/run$/)],
      },
      env: { MODEL_NAME: '[hidden]', SHORT: '[hidden]', MODE: '[hidden]' },
      readiness: { path: '/healthz?who=[hidden]' },
    });
  });

  test('are hidden in any text, also in addresses and over lines', () => {
    const log =
      'got env-4711-plain\nGET /x?q=env-4711-plain&n=1 by pass-4711\n-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\nend';
    expect(text(log)).toBe('got [hidden]\nGET /x?q=[hidden]&n=[hidden] by [hidden]\n[hidden]\nend');
  });
});

describe('a line of JSON', () => {
  test('stays JSON, without nonces, tokens and variables', () => {
    const nonce = 'ab'.repeat(16);
    const line = `2026 info ${JSON.stringify({ identity: { pid: 7, nonce }, apiKey: 'k', env: { A: 'b' }, said: `is ${nonce}` })}`;
    const shown = text(`${line}\n`);
    expect(shown).not.toContain(nonce);
    expect(JSON.parse(shown.slice(shown.indexOf('{')))).toEqual({
      identity: { pid: 7, nonce: '[hidden]' },
      apiKey: '[hidden]',
      env: { A: '[hidden]' },
      said: 'is [hidden]',
    });
  });
});

describe('the home folder', () => {
  test('is written without its name, wherever that stands', () => {
    expect(text('/home/alice/.config and /mnt/alice/x, as Alice, malice')).toBe(
      '~/.config and /mnt/[user]/x, as [user], malice',
    );
    expect(createHiding([], 'C:\\Users\\alice').text('C:\\Users\\alice\\AppData')).toBe(
      '~\\AppData',
    );
  });
});
