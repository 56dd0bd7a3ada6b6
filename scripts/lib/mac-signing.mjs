/**
 * How an app for macOS is signed. Fuses are flipped in the packed app, which breaks the signature that
 * Electron came with, and an arm64 Mac ends a program with a broken one at its start; so it is signed in
 * any case:
 *
 *   CSC_LINK or CSC_NAME   with this Developer ID certificate; without it in reach, packing fails
 *   neither                ad hoc: it starts on the Mac that built it; on others after their user has allowed it
 *
 * A signed app is notarised by electron-builder when one set of Apple's variables is complete.
 */
import { Problem } from './say.mjs';

/** electron-builder's variables; each set is enough. */
const notarisingSets = [
  ['APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER'],
  ['APPLE_ID', 'APPLE_APP_SPECIFIC_PASSWORD', 'APPLE_TEAM_ID'],
  ['APPLE_KEYCHAIN_PROFILE'],
];

/**
 * @typedef {object} MacSigning
 * @property {Record<string, string>} settings of electron-builder
 * @property {Record<string, string>} environment for it
 * @property {string} said what becomes of the app, in a sentence
 */

/**
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {MacSigning}
 */
export function macSigning(env) {
  if (!env.CSC_LINK && !env.CSC_NAME) {
    return {
      settings: { 'mac.identity': '-', 'mac.notarize': 'false' },
      // Of a pull request too: there is no certificate that it could take.
      environment: { CSC_IDENTITY_AUTO_DISCOVERY: 'false', CSC_FOR_PULL_REQUEST: 'true' },
      said: 'It is signed ad hoc and not notarised, so other Macs open it only after “Open Anyway”. For a release set CSC_LINK or CSC_NAME to a Developer ID certificate.',
    };
  }
  const given = notarisingSets.filter((names) => names.some((name) => env[name]));
  const complete = given.find((names) => names.every((name) => env[name]));
  if (given.length > 0 && !complete) {
    const missing = given[0]?.filter((name) => !env[name]).join(', ');
    throw new Problem(`The app can't be notarised: ${missing} is not set.`);
  }
  return {
    settings: { forceCodeSigning: 'true', ...(complete ? {} : { 'mac.notarize': 'false' }) },
    environment: {},
    said: complete
      ? 'It is signed with your certificate, and notarised.'
      : `It is signed with your certificate and not notarised, so other Macs warn of it. For that set ${notarisingSets.map((names) => names.join(', ')).join('; or ')}.`,
  };
}
