/** The list of programs that this user has installed, as Windows' settings show it. */
import type { InstalledPrograms, ListedProgram } from '../installed-programs.ts';
import {
  type RegistryKey,
  textIn,
  textValue,
  valueTypes,
  withExistingKey,
  withKey,
} from './registry.ts';

const installed = 'Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall';

/** @param list a key below HKCU; another one in tests */
export function windowsInstalledPrograms(list = installed): InstalledPrograms {
  return {
    read(folder) {
      const key = entryOf(list, folder);
      return key === undefined ? null : withExistingKey(key, refused, readEntry);
    },
    write(folder, program) {
      const key = entryOf(list, folder);
      if (key !== undefined) withKey(key, refused, (entry) => writeEntry(entry, program));
    },
  };
}

/** Found by its uninstaller: an entry's own name is the installer's choice. */
function entryOf(list: string, folder: string): string | undefined {
  const names = withExistingKey(list, refused, (key) => key.names()) ?? [];
  const start = `"${folder}\\`.toLowerCase();
  return names
    .map((name) => `${list}\\${name}`)
    .find((path) => {
      const command = withExistingKey(path, refused, (entry) => entry.read('UninstallString'));
      return command !== null && textIn(command).toLowerCase().startsWith(start);
    });
}

function readEntry(entry: RegistryKey): ListedProgram {
  const text = (name: string): string => {
    const value = entry.read(name);
    return value === null ? '' : textIn(value);
  };
  const size = entry.read('EstimatedSize');
  const isNumber = size?.type === valueTypes.number && size.data.length >= 4;
  return {
    name: text('DisplayName'),
    version: text('DisplayVersion'),
    kilobytes: isNumber ? size.data.readUInt32LE() : null,
  };
}

function writeEntry(entry: RegistryKey, { name, version, kilobytes }: ListedProgram): void {
  entry.write('DisplayName', textValue(name));
  entry.write('DisplayVersion', textValue(version));
  if (kilobytes === null) return;
  const data = Buffer.alloc(4);
  data.writeUInt32LE(kilobytes);
  entry.write('EstimatedSize', { type: valueTypes.number, data });
}

function refused(what: string, code: number): Error {
  return new Error(
    `Windows’ list of installed programs could not be ${what} (Windows says ${code}). A policy of this machine may keep programs from it.`,
  );
}
