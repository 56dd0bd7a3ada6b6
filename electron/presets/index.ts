/** All presets, in the order in which they are offered. */
import * as z from 'zod/mini';
import { ContractError } from '../contract/define.ts';
import type { PresetView } from '../contract/presets.ts';
import { type Profile, profileSchema } from '../contract/profile.ts';
import { freeId } from '../contract/profile-id.ts';
import { hermes } from './hermes.ts';
import { litellm } from './litellm.ts';
import { llamaServer } from './llama-server.ts';
import { thisMachine } from './machine.ts';
import { n8n } from './n8n.ts';
import { ollama } from './ollama.ts';
import { openWebui } from './open-webui.ts';
import { openclaw } from './openclaw.ts';
import type { Machine, Preset } from './preset.ts';
import { remote } from './remote.ts';

export const presets: readonly Preset[] = [
  hermes,
  openclaw,
  ollama,
  llamaServer,
  openWebui,
  n8n,
  litellm,
  remote,
];

/** What can be added, and which of it was found on this machine. */
export function findPresets(machine: Machine = thisMachine()): PresetView[] {
  return presets.map(({ id, name, about, form, find }) => ({
    id,
    name,
    about,
    fields: [...(form?.fields ?? [])],
    found: find(machine).map(({ profile, where }) => ({
      profile: z.parse(profileSchema, profile),
      where,
    })),
  }));
}

/**
 * A profile from what the user typed. Throws a ContractError with a sentence.
 * @param taken the ids of the profiles that there are
 */
export function makeProfile(
  id: string,
  values: Readonly<Record<string, string>>,
  taken: ReadonlySet<string> = new Set(),
): Profile {
  const form = presets.find((preset) => preset.id === id)?.form;
  if (!form) throw new ContractError(`There is no form for "${id}".`);
  const made = form.make(values);
  const parsed = z.safeParse(profileSchema, { ...made, id: freeId(made.id, taken) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ContractError(`${issue?.path.join('.') ?? 'This'} can't be used: ${issue?.message}`);
}
