/** Adding any command as a gateway. */
import { freeId, profileIdFor } from '../../../electron/contract/profile-id.ts';
import { emptyDraft, newProfile, withDraft } from '../../draft/draft.ts';
import { type DraftInHand, useDraft } from '../../draft/use-draft.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { newGateway } from '../../store/view.ts';
import { GatewayForm } from '../form/gateway-form.tsx';

export function CommandForm() {
  const { ask, openGateway } = useHoldfast();
  const gateways = useApp((state) => state.gateways);
  const home = useApp(({ app }) => app.home);
  const draft = useDraft(newGateway, emptyDraft);
  const add = async ({ before, now, drop }: DraftInHand): Promise<void> => {
    const id = freeId(profileIdFor(now.name), new Set(Object.keys(gateways)));
    await ask('profile.save', { profile: withDraft(newProfile(id), before, now, home) });
    drop();
    openGateway(id, 'status');
    // One of this id may have been stopped, and removed, before.
    await ask('gateway.start', { id });
  };
  return <GatewayForm draft={draft} verb="Add" onSave={add} />;
}
