/**
 * How a package for Windows is signed (Authenticode):
 *
 *   WIN_CSC_LINK, WIN_CSC_KEY_PASSWORD   the certificate (PKCS#12), as electron-builder knows it
 *   HOLDFAST_PUBLISHERS                  the names (CN) that this build takes updates from, separated by semicolons:
 *                                        that of the certificate, and of one that will follow it
 *   HOLDFAST_TIMESTAMP_URL               who witnesses the time (RFC 3161); without it signatures end with the
 *                                        certificate
 *
 * Without a certificate it is not signed, and updates are told apart by the release keys alone.
 */
import { Problem } from './say.mjs';

/**
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {NodeJS.Platform} platform that packs
 * @returns {import('./mac-signing.mjs').MacSigning}
 */
export function windowsSigning(env, platform) {
  const names = (env.HOLDFAST_PUBLISHERS ?? '').split(';').filter(Boolean);
  if (!env.WIN_CSC_LINK) {
    if (names.length > 0) {
      throw new Problem(
        'HOLDFAST_PUBLISHERS names who signs updates, but WIN_CSC_LINK names no certificate: this build could take no update of its own kind.',
      );
    }
    return {
      settings: {},
      environment: { CSC_IDENTITY_AUTO_DISCOVERY: 'false' },
      said: 'It is not signed for Windows, which warns of it at its first start. For a release set WIN_CSC_LINK and HOLDFAST_PUBLISHERS.',
    };
  }
  const [first] = names;
  if (first === undefined) {
    throw new Problem(
      'WIN_CSC_LINK names a certificate. Set HOLDFAST_PUBLISHERS to the name in it (CN): updates are taken from nobody else.',
    );
  }
  return {
    settings: {
      forceCodeSigning: 'true',
      'win.signtoolOptions.publisherName': first,
      // electron-builder's own tool for this can't be had everywhere; on Windows there is signtool.
      ...(platform === 'linux' ? { 'win.signtoolOptions.sign': 'build/sign-windows.mjs' } : {}),
      ...(platform === 'win32' && env.HOLDFAST_TIMESTAMP_URL
        ? { 'win.signtoolOptions.rfc3161TimeStampServer': env.HOLDFAST_TIMESTAMP_URL }
        : {}),
    },
    environment: {},
    said: `It is signed for Windows and takes updates from ${names.join(' or ')} alone.${env.HOLDFAST_TIMESTAMP_URL ? '' : ' No time was witnessed: set HOLDFAST_TIMESTAMP_URL for a release.'}`,
  };
}
