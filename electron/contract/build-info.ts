/** What this build is. The constants are put in by the bundler; unbundled code (tests) is `dev`. */
declare const __APP_VERSION__: string | undefined;
declare const __BUILD_ID__: string | undefined;
declare const __E2E__: boolean | undefined;
declare const __TRUSTED_ROOT__: string | undefined;
declare const __PUBLISHERS__: readonly string[] | undefined;

export const appVersion: string = typeof __APP_VERSION__ === 'string' ? __APP_VERSION__ : '0.0.0';
/** Names one build exactly: version, `+`, and a hash of what it was built from. */
export const ownBuildId: string = typeof __BUILD_ID__ === 'string' ? __BUILD_ID__ : '0.0.0+dev';
/** The flavour that tests drive: accepts a debugging port and a feed address. Never shipped. */
export const e2eFlavour: boolean = typeof __E2E__ === 'boolean' ? __E2E__ : false;
/**
 * The root metadata of the release keys, as JSON; empty in a build without them, which does not update
 * itself. A program that runs from its sources has it from its environment, for tests.
 */
export const trustedRoot: string =
  typeof __TRUSTED_ROOT__ === 'string'
    ? __TRUSTED_ROOT__
    : (globalThis.process?.env.HOLDFAST_TRUSTED_ROOT ?? '');
/**
 * The names in the certificates that a Setup program for Windows may be signed with; none in a build that is not
 * signed. From the sources: separated by semicolons.
 */
export const publishers: readonly string[] =
  typeof __PUBLISHERS__ === 'object'
    ? __PUBLISHERS__
    : (globalThis.process?.env.HOLDFAST_PUBLISHERS ?? '').split(';').filter(Boolean);
