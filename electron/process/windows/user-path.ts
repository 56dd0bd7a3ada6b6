/**
 * The user's own search path in the registry (HKCU\Environment). Windows puts it behind that of the machine, and
 * gives both to programs that the shell starts once it has been told of the change.
 */
import { win32 as winPath } from 'node:path';
import { promisify } from 'node:util';
import { native } from '../on-demand.ts';
import { pathHas, pathWith, pathWithout, type UserPath } from '../user-path.ts';
import { type RegistryKey, textIn, textValue, valueTypes, withKey } from './registry.ts';

const valueName = 'Path';
const broadcast = 0xffff;
const settingChanged = 0x1a;
const notIfHung = 0x2;
/** For each window that gives no answer; those that hang are passed over. */
const answerWithinMs = 500;

/** Does not wait on this thread: a window may take its time. */
async function tellWindows(): Promise<void> {
  const send = native()
    .load('user32.dll')
    .func(
      'intptr_t __stdcall SendMessageTimeoutW(intptr_t w, uint32_t m, uintptr_t a, const char16_t *b, uint32_t f, uint32_t ms, void *r)',
    );
  const tell = promisify(send.async);
  await tell(broadcast, settingChanged, 0, 'Environment', notIfHung, answerWithinMs, null);
}

interface Value {
  readonly text: string;
  readonly type: number;
}

/** @param key below HKCU; another one in tests */
export function windowsUserPath(key = 'Environment'): UserPath {
  const change = async (folder: string, changed: typeof pathWith): Promise<void> => {
    const isChanged = withKey(key, refused, (opened) => {
      const before = read(opened) ?? { text: '', type: valueTypes.expanded };
      if (before.type !== valueTypes.text && before.type !== valueTypes.expanded) {
        throw new Error(
          `Your search path was left as it is: the registry holds something else than a text there (HKEY_CURRENT_USER\\${key}, ${valueName}).`,
        );
      }
      const text = changed(before.text, folder, resolved);
      if (text !== before.text) write(opened, { ...before, text });
      return text !== before.text;
    });
    if (isChanged) await tellWindows();
  };
  return {
    has: (folder) =>
      withKey(key, refused, (opened) => pathHas(read(opened)?.text ?? '', folder, resolved)),
    add: (folder) => change(folder, pathWith),
    remove: (folder) => change(folder, pathWithout),
  };
}

/** `%APPDATA%\x`, as programs are given it. */
function resolved(entry: string): string {
  return winPath.normalize(
    entry.replace(/%([^%]+)%/g, (written, name: string) => process.env[name] ?? written),
  );
}

/** Null where there is none. */
function read(opened: RegistryKey): Value | null {
  const value = opened.read(valueName);
  return value && { text: textIn(value), type: value.type };
}

/** An empty one is taken away: there was none before. */
function write(opened: RegistryKey, { text, type }: Value): void {
  if (text === '') opened.remove(valueName);
  else opened.write(valueName, textValue(text, type));
}

function refused(what: string, code: number): Error {
  return new Error(
    `Your search path in the registry could not be ${what} (Windows says ${code}). A policy of this machine may keep programs from it.`,
  );
}
