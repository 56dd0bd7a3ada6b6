/** Editing the profile of a gateway. */

import { draftOf, withDraft } from '../../../electron/contract/draft/draft.ts';
import type { Profile } from '../../../electron/contract/profile.ts';
import { useDraft } from '../../draft/use-draft.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { withEntry } from '../../store/view.ts';
import { GatewayForm } from '../form/gateway-form.tsx';

interface Props {
  readonly profile: Profile;
  readonly first: 'line' | 'name';
  readonly onSaved: () => void;
}

export function EditForm({ profile, first, onSaved }: Props) {
  const { ask, view } = useHoldfast();
  const { id } = profile;
  const home = useApp(({ app }) => app.home);
  const draft = useDraft(id, draftOf(profile));
  const close = (): void => {
    draft.drop();
    view.setState(({ editing }) => ({ editing: withEntry(editing, id, null) }));
  };
  const edited = (of: Profile) => withDraft(of, draft.before, draft.now, home);
  const save = async (): Promise<void> => {
    // Its file may have been changed since the form was opened; what was not typed here stays.
    const newest = (await ask('profile.list', null)).find((one) => one.id === id) ?? profile;
    await ask('profile.save', { profile: edited(newest) });
    onSaved();
    close();
  };
  return (
    <GatewayForm
      draft={draft}
      id={id}
      verb="save"
      first={first}
      profile={() => edited(profile)}
      onSave={save}
      onCancel={close}
    />
  );
}
