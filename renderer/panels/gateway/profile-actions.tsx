/** What can be done with the profile of a gateway. */

import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { withEntry } from '../../store/view.ts';
import { Button } from '../../ui/button.tsx';
import { OpenProfilesFolder } from '../add/add-buttons.tsx';
import { ExportButton } from '../add/transfer-buttons.tsx';

interface Props {
  readonly gateway: GatewayView;
  readonly isRead: boolean;
}

export function ProfileActions({ gateway: { id, name }, isRead }: Props) {
  const { view, ask, tell, warn, openGateway } = useHoldfast();
  const connected = useApp(({ link }) => link.status === 'connected');
  const edit = (first: 'line' | 'name') => () =>
    view.setState(({ editing }) => ({ editing: withEntry(editing, id, first) }));
  const duplicate = async (): Promise<void> => {
    try {
      const copy = await ask('profile.duplicate', { id });
      openGateway(copy.id, 'profile');
      tell(words.profile.duplicated(name));
    } catch (error) {
      warn(error);
    }
  };
  return (
    <fieldset className="card-actions" aria-label={words.profile.of(name)}>
      <Button
        icon="sliders"
        disabled={!connected || !isRead}
        onClick={edit('line')}
        testId="profile-edit-open"
      >
        {words.profile.edit}
      </Button>
      <Button disabled={!connected || !isRead} onClick={edit('name')} testId="profile-rename">
        {words.profile.rename}
      </Button>
      <Button
        icon="copy"
        disabled={!connected}
        onClick={() => void duplicate()}
        testId="profile-duplicate"
      >
        {words.profile.duplicate}
      </Button>
      <ExportButton id={id} />
      <OpenProfilesFolder />
    </fieldset>
  );
}
