/** `holdfast add`: a gateway as the window's form would add it. */
import { homedir } from 'node:os';
import * as z from 'zod/mini';
import { emptyDraft, newProfile, withDraft } from '../../contract/draft/draft.ts';
import { profileSchema } from '../../contract/profile.ts';
import { freeId, profileIdFor } from '../../contract/profile-id.ts';
import { settingsSchema } from '../../contract/settings.ts';
import type { StateFolder } from '../../files/state-folder.ts';
import type { StageSource } from '../../staging/staging.ts';
import { ownSettings } from '../own-settings.ts';
import type { AddCommand } from '../requests.ts';
import { settled } from '../settled.ts';
import type { Voice } from '../voice.ts';
import { ownSource, withWatcher } from '../watcher-link.ts';
import { check, withFields, withRight } from './typed.ts';

/** Resolves once it runs, or has failed; rejects with a sentence when it was not added. */
export async function add(
  state: StateFolder,
  command: AddCommand,
  voice: Voice,
  source: StageSource = ownSource(),
): Promise<number> {
  return withWatcher({ state, voice, source }, async (link) => {
    const draft = withFields({ ...emptyDraft, name: command.title }, command);
    await check(draft, undefined, link, voice.warn);
    const taken = new Set(Object.keys(link.watcher()?.gateways ?? {}));
    const { newGatewayGraceMs: graceMs } = ownSettings(state) ?? z.parse(settingsSchema, {});
    const id = freeId(profileIdFor(draft.name), taken);
    const profile = z.parse(
      profileSchema,
      withRight(withDraft(newProfile(id, graceMs), emptyDraft, draft, homedir()), command.agents),
    );
    await link.client.call('profile.save', { profile });
    voice.print(`${profile.name} was added. Its id is ${id}.`);
    return settled(link, state, id, voice);
  });
}
