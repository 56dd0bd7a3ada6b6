/** What this build is. The constants are put in by the bundler; unbundled code (tests) is `dev`. */
declare const __APP_VERSION__: string | undefined;
declare const __BUILD_ID__: string | undefined;
declare const __E2E__: boolean | undefined;

export const APP_VERSION: string = typeof __APP_VERSION__ === 'string' ? __APP_VERSION__ : '0.0.0';
/** Names one build exactly: version, `+`, and a hash of what it was built from. */
export const BUILD_ID: string = typeof __BUILD_ID__ === 'string' ? __BUILD_ID__ : '0.0.0+dev';
/** The flavour that tests drive: accepts a debugging port and a feed address. Never shipped. */
export const E2E_FLAVOUR: boolean = typeof __E2E__ === 'boolean' ? __E2E__ : false;
