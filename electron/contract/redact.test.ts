import { describe, expect, test } from 'vitest';
import { redact } from './redact.ts';

const key = 'a1'.repeat(32);
const long = 'Ab1'.repeat(12);
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl-_';

describe('secrets in text', () => {
  test.each([
    ['API_KEY=abc123 next', 'API_KEY=[hidden] next'],
    ['{"accessToken":"a b\\"c","port":80}', '{"accessToken":[hidden],"port":80}'],
    ['Authorization: Bearer abc.def', 'Authorization: [hidden]'],
    ['sent bearer abc.def', 'sent bearer [hidden]'],
    ['GET https://me:pw@host/x', 'GET https://[hidden]@host/x'],
    ['GET https://me:p@ss@host/x', 'GET https://[hidden]@host/x'],
    ['proxy me:pw@10.0.0.1:3128 refused', 'proxy [hidden]@10.0.0.1:3128 refused'],
    ['http://h/a?token=abc&port=1', 'http://h/a?token=[hidden]&port=1'],
    ['http://h/a?b=1&key=abc#x', 'http://h/a?b=1&key=[hidden]#x'],
    ['http://h/cb?code=abc', 'http://h/cb?code=[hidden]'],
    ['--password=hunter2', '--password=[hidden]'],
    ['run --token hunter2 --port 1', 'run --token [hidden] --port 1'],
    ['Set-Cookie: a=b; session=c', 'Set-Cookie: [hidden]'],
    [`secret file holds ${key}`, 'secret file holds [hidden]'],
    [`openai said: bad key sk-${long}.`, 'openai said: bad key [hidden].'],
    [`sk-ant-api03-${long}`, '[hidden]'],
    [`(ghp_${long})`, '([hidden])'],
    [`github_pat_${long}_${long}`, '[hidden]'],
    [`slack xoxb-1234-5678-${long}`, 'slack [hidden]'],
    ['AKIAIOSFODNN7EXAMPLE', '[hidden]'],
    [`AIza${long}`, '[hidden]'],
    [`hf_${long}`, '[hidden]'],
    [`signed in with ${jwt}`, 'signed in with [hidden]'],
    [
      `https://api.telegram.org/bot123456789:${long.slice(0, 35)}/getMe`,
      'https://api.telegram.org/[hidden]/getMe',
    ],
    ['https://hooks.slack.com/services/T0/B0/x', 'https://hooks.slack.com/services/[hidden]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- then', '[hidden] then'],
  ])('hides %s [R54]', (text, hidden) => {
    expect(redact(text)).toBe(hidden);
    // Text may pass here twice on its way.
    expect(redact(hidden)).toBe(hidden);
  });

  test.each([
    'The gateway reference runs as process 4711 on port 8642.',
    'Build 1.2.3+abcdef0123456789 takes over.',
    'https://updates.holdfast.example/latest-linux.yml',
    'http://127.0.0.1:8080/health?full=1',
    'sk-learn-contrib was imported by task-12345678.',
    '2026-11-28T21:34:26.123Z info  sent to a@b.example',
    'git@github.com:org/repo.git',
  ])('leaves %s', (text) => expect(redact(text)).toBe(text));

  const words = [
    'x',
    'token',
    'a.',
    'secret-',
    'http://',
    'eyJ',
    ' --token',
    ' a:',
    '-----BEGIN PRIVATE KEY-----',
    'sk-',
    'cookie:',
    '?key=',
    'token="\\"',
  ];
  test.each(words)('takes little time on one long line of %s', (word) => {
    const begun = performance.now();
    redact(word.repeat(100_000));
    // A quadratic pattern takes minutes here.
    expect(performance.now() - begun).toBeLessThan(30_000);
  });
});
