/** Adding any command as a gateway. */

import { emptyDraft, newProfile, withDraft } from '../../../electron/contract/draft/draft.ts';
import { freeId, profileIdFor } from '../../../electron/contract/profile-id.ts';
import { useDraft } from '../../draft/use-draft.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { newGateway } from '../../store/view.ts';
import { GatewayForm } from '../form/gateway-form.tsx';

export function CommandForm() {
  const { ask, openGateway } = useHoldfast();
  const gateways = useApp((state) => state.gateways);
  const home = useApp(({ app }) => app.home);
  const graceMs = useApp(({ settings }) => settings.newGatewayGraceMs);
  const draft = useDraft(newGateway, emptyDraft);
  const profile = () => {
    const id = freeId(profileIdFor(draft.now.name), new Set(Object.keys(gateways)));
    return withDraft(newProfile(id, graceMs), draft.before, draft.now, home);
  };
  const add = async (): Promise<void> => {
    const added = profile();
    await ask('profile.save', { profile: added });
    draft.drop();
    openGateway(added.id, 'status');
  };
  return <GatewayForm draft={draft} verb="add" profile={profile} onSave={add} />;
}
