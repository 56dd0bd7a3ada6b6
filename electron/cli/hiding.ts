/** What is hidden in the answers of the command line: by its form, and what the profiles say is secret. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { createHiding, type Hiding, secretsOf } from '../contract/hide.ts';
import { profileMaxBytes } from '../contract/profile.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { readPart } from '../files/untrusted-file.ts';

/** @param home the user's home folder, where its name is hidden too */
export function hidingOf(state: StateFolder, home: string | null = null): Hiding {
  return createHiding(secretsOf(profilesAsWritten(state)), home);
}

/** Also those that can't be used: what is secret in them may stand in a log. */
function profilesAsWritten({ profiles }: StateFolder): unknown[] {
  let names: string[] = [];
  try {
    names = readdirSync(profiles).filter((name) => name.endsWith('.json'));
  } catch {
    // There are none.
  }
  return names.map((name) => {
    try {
      const part = { maxBytes: profileMaxBytes, start: () => 0 };
      const { bytes } = readPart(path.join(profiles, name), part, { owner: 'any' });
      return parsed(bytes.toString('utf8'));
    } catch {
      return null;
    }
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
