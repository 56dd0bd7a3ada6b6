/**
 * Constants that the build puts into every bundle (vite.config.ts) and the unit tests stand in for
 * (vitest.config.ts).
 */

/** The version in package.json, such as `1.4.0`. */
declare const __APP_VERSION__: string;

/** Which build this is: `<version>+<hash of the sources>`. Two builds of one version differ. */
declare const __BUILD_ID__: string;

/** True only in the flavour that end-to-end tests run; the shipped app holds no test doors. */
declare const __E2E__: boolean;
