import { describe, expect, it } from 'vitest';
import { explainFeedError, FeedError, feedError } from './feed-errors.ts';

const explained = (error: unknown, during: 'check' | 'download' = 'check') =>
  explainFeedError(error, during).problem;
const chromium = (name: string): Error => new Error(`net::${name}`);
const node = (code: string): Error =>
  Object.assign(new Error(`connect ${code} 127.0.0.1:9`), { code });

describe('a failure is recognised by its code [R21]', () => {
  it.each([
    [chromium('ERR_CERT_AUTHORITY_INVALID'), 'a certificate that this computer does not trust'],
    [chromium('ERR_CERT_COMMON_NAME_INVALID'), 'a certificate that this computer does not trust'],
    [chromium('ERR_CERT_DATE_INVALID'), 'not valid at this computer’s time'],
    [chromium('ERR_SSL_PROTOCOL_ERROR'), 'No encrypted connection'],
    [chromium('ERR_PROXY_CONNECTION_FAILED'), 'proxy that this system is set to use could not'],
    [chromium('ERR_PROXY_AUTH_UNSUPPORTED'), 'proxy wants a password'],
    [chromium('ERR_TUNNEL_CONNECTION_FAILED'), 'proxy did not connect'],
    [chromium('ERR_NAME_NOT_RESOLVED'), 'name is not known'],
    [chromium('ERR_CONNECTION_REFUSED'), 'refuses connections'],
    [chromium('ERR_INTERNET_DISCONNECTED'), 'no network connection'],
    [chromium('ERR_ADDRESS_UNREACHABLE'), 'There is no route'],
    [chromium('ERR_CONNECTION_TIMED_OUT'), 'did not answer in time'],
    [chromium('ERR_EMPTY_RESPONSE'), 'closed before it had answered'],
    [chromium('ERR_BLOCKED_BY_ADMINISTRATOR'), 'blocks the update server'],
    [node('SELF_SIGNED_CERT_IN_CHAIN'), 'a certificate that this computer does not trust'],
    [node('CERT_HAS_EXPIRED'), 'not valid at this computer’s time'],
    [node('ENOTFOUND'), 'name is not known'],
    [node('ECONNREFUSED'), 'refuses connections'],
    [node('ENETUNREACH'), 'There is no route'],
    [node('ENOSPC'), 'disk is full'],
    [node('EACCES'), 'can’t be written to'],
    [feedError('HTTP_STATUS', { status: 401 }), 'update server wants a password'],
    [feedError('HTTP_STATUS', { status: 407 }), 'proxy wants a password'],
    [feedError('HTTP_STATUS', { status: 429 }), 'asked too often'],
    [feedError('HTTP_STATUS', { status: 511 }), 'A web page came'],
    [feedError('HTTP_STATUS', { status: 418 }), 'answered with an error (418)'],
  ])('%s', (error, sentence) => {
    const { message, hint } = explained(error);
    expect(message).toContain(sentence);
    expect(hint).toBeTruthy();
    expect(message).not.toMatch(/net::|ERR_|\bE[A-Z]{3,}/);
  });

  it('and never by what is written in it [R21]', () => {
    for (const text of [
      'font-weight:400',
      'HttpError: 404',
      'sha512 checksum mismatch',
      'no space left, ENOSPC',
      'redirect',
      'a page about net::ERR_CERT_DATE_INVALID',
    ]) {
      expect(explained(new Error(text)).message).toBe(
        'Looking for updates failed for a reason that Holdfast does not know.',
      );
      expect(explained(new Error(text), 'download').message).not.toContain(text);
    }
  });

  it('and a code that is a name of JavaScript’s own is an unknown one', () => {
    expect(explained(new FeedError('constructor')).message).toContain('does not know');
    expect(explained(new FeedError('__proto__')).message).toContain('does not know');
  });

  it('and the log is given the code and what lies below it', () => {
    const cause = explainFeedError(chromium('ERR_FAILED'), 'check').cause;
    expect(String(cause)).toContain('ERR_FAILED');
  });
});
