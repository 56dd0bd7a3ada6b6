/** Is this Windows, or Wine? For tests of what Wine does not have; the product never asks. */
import { native } from '../native.ts';

/** The version of Wine, or '' on Windows itself. */
export function wineVersion(): string {
  try {
    return native().load('ntdll.dll').func('const char * __cdecl wine_get_version()')();
  } catch {
    return '';
  }
}
