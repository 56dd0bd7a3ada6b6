/** How an app for macOS is signed, by what the environment holds. */
import { expect, test } from 'vitest';
import { macSigning } from './mac-signing.mjs';

const certificate = { CSC_NAME: 'Example (ABCDE12345)' };
const apiKey = { APPLE_API_KEY: '/key.p8', APPLE_API_KEY_ID: 'K', APPLE_API_ISSUER: 'I' };

test('without a certificate the app is signed ad hoc, and never left unsigned', () => {
  const { settings, environment, said } = macSigning({ ...apiKey });
  expect(settings).toMatchObject({ 'mac.identity': '-' });
  // electron-builder signs nothing of a pull request otherwise.
  expect(environment).toMatchObject({ CSC_FOR_PULL_REQUEST: 'true' });
  expect(said).toContain('CSC_LINK or CSC_NAME');
});

test('with a certificate nothing but it will do, and what is missing for notarising is said', () => {
  const { settings, environment, said } = macSigning(certificate);
  expect(settings).toEqual({ forceCodeSigning: 'true', 'mac.notarize': 'false' });
  expect(environment).toEqual({});
  expect(said).toContain('APPLE_API_KEY');
});

test.each([
  ['an API key', apiKey],
  ['an Apple ID', { APPLE_ID: 'a', APPLE_APP_SPECIFIC_PASSWORD: 'p', APPLE_TEAM_ID: 't' }],
  ['a keychain profile', { APPLE_KEYCHAIN_PROFILE: 'release' }],
])('with %s it is notarised by electron-builder', (_, variables) => {
  const { settings, said } = macSigning({ ...certificate, ...variables });
  expect(settings).toEqual({ forceCodeSigning: 'true' });
  expect(said).toContain('notarised');
});

test('half of what notarising needs is an error that names the rest', () => {
  expect(() => macSigning({ ...certificate, APPLE_ID: 'a' })).toThrow(
    /APPLE_APP_SPECIFIC_PASSWORD, APPLE_TEAM_ID is not set/,
  );
});
