/** How a package for Windows is signed, by what the environment holds. */
import { expect, test } from 'vitest';
import { windowsSigning } from './windows-signing.mjs';

test('without a certificate it is not signed, and that is said', () => {
  const { settings, said } = windowsSigning({}, 'linux');
  expect(settings).toEqual({});
  expect(said).toContain('WIN_CSC_LINK and HOLDFAST_PUBLISHERS');
});

test('a certificate and its name belong together: one without the other is an error', () => {
  expect(() => windowsSigning({ WIN_CSC_LINK: '/c.p12' }, 'linux')).toThrow(/HOLDFAST_PUBLISHERS/);
  expect(() => windowsSigning({ HOLDFAST_PUBLISHERS: 'Acme' }, 'linux')).toThrow(/WIN_CSC_LINK/);
});

test('with both nothing unsigned is packed, and the names are said', () => {
  const env = { WIN_CSC_LINK: '/c.p12', HOLDFAST_PUBLISHERS: 'Acme;Acme Inc.' };
  const { settings, said } = windowsSigning(env, 'linux');
  expect(settings).toEqual({
    forceCodeSigning: 'true',
    'win.signtoolOptions.publisherName': 'Acme',
    'win.signtoolOptions.sign': 'build/sign-windows.mjs',
  });
  expect(said).toContain('from Acme or Acme Inc. alone');
  expect(windowsSigning(env, 'win32').settings).not.toHaveProperty('win.signtoolOptions.sign');
});
