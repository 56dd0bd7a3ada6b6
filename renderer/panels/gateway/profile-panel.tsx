/** How a gateway is run: what its profile says, and what an update of Holdfast does to it. */

import { useEffect, useState } from 'react';
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import type { Profile } from '../../../electron/contract/profile.ts';
import { redact } from '../../../electron/contract/redact.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useApp, useBusy, useHoldfast, useView } from '../../store/hooks.ts';
import { Card, Fact, Facts } from '../../ui/card.tsx';
import { Check } from '../../ui/choice.tsx';
import { ChangedNotice } from './changed-notice.tsx';
import { EditForm } from './edit-form.tsx';
import { ProfileActions } from './profile-actions.tsx';
import { RemoveCard } from './remove-card.tsx';

export function ProfilePanel({ gateway }: { readonly gateway: GatewayView }) {
  const { profile, reload } = useProfile(gateway.id);
  const { id } = gateway;
  const editing = useView((state) => state.editing[id]);
  return (
    <div className="page overview" data-testid="profile">
      <ChangedNotice gateway={gateway} />
      <div className="cards">
        {profile && editing !== undefined ? (
          <Card title={words.profile.editOf(gateway.name)} testId="profile-edit">
            <EditForm profile={profile} first={editing} onSaved={reload} />
          </Card>
        ) : (
          <Card
            title={words.profile.how}
            aside={<ProfileActions gateway={gateway} isRead={profile !== null} />}
          >
            {profile ? (
              <ProfileFacts profile={profile} />
            ) : (
              <p className="fact-more">{words.profile.unreadable}</p>
            )}
          </Card>
        )}
        <Card title={words.profile.when}>
          {profile && profile.program.type !== 'remote' && (
            <Autostart profile={profile} onSaved={reload} />
          )}
          <Facts>
            <Fact name={words.profile.onUpdate} testId="profile-policy">
              {words.policies[gateway.policy]}
            </Fact>
          </Facts>
        </Card>
        {profile && profile.program.type !== 'remote' && (
          <Card title={words.gatewaySettings.agentsTitle}>
            <Agents profile={profile} onSaved={reload} />
          </Card>
        )}
        <RemoveCard gateway={gateway} />
      </div>
    </div>
  );
}

/** The profile as it is written now; null until it is read. */
function useProfile(id: string): { profile: Profile | null; reload(): void } {
  const { ask } = useHoldfast();
  const connected = useApp(({ link }) => link.status === 'connected');
  const [turn, setTurn] = useState(0);
  const [profile, setProfile] = useState<Profile | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks again
  useEffect(() => {
    if (!connected) return;
    let over = false;
    ask('profile.list', null).then(
      (all) => {
        if (!over) setProfile(all.find((one) => one.id === id) ?? null);
      },
      // The panel says that it can't be read.
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, [ask, connected, id, turn]);
  return { profile, reload: () => setTurn((before) => before + 1) };
}

function ProfileFacts({ profile }: { readonly profile: Profile }) {
  const { program, port, env } = profile;
  const variables = Object.keys(env);
  return (
    <Facts>
      {program.type === 'command' && (
        <Fact name={words.profile.command} wide mono testId="profile-command">
          {redact([program.command, ...program.args].join(' '))}
        </Fact>
      )}
      {program.type === 'command' && program.cwd !== undefined && (
        <Fact name={words.profile.folder} wide mono>
          {program.cwd}
        </Fact>
      )}
      {program.type === 'remote' && (
        <Fact name={words.profile.address} wide mono>
          {program.url}
        </Fact>
      )}
      {program.type === 'shipped' && (
        <Fact name={words.profile.program}>{words.profile.shipped}</Fact>
      )}
      {port !== undefined && (
        <Fact name={words.profile.port} mono>
          {port}
        </Fact>
      )}
      {variables.length > 0 && (
        <Fact name={words.profile.variables} wide mono>
          {variables.join(', ')}
        </Fact>
      )}
    </Facts>
  );
}

interface SwitchProps {
  readonly profile: Profile;
  readonly onSaved: () => void;
}

/** Saves a change at once; one after another. */
function useSave({ profile, onSaved }: SwitchProps): (change: Partial<Profile>) => void {
  const { send } = useHoldfast();
  const busy = useBusy(`save ${profile.id}`);
  return (change) => {
    if (busy) return;
    const saved = send(
      'profile.save',
      { profile: { ...profile, ...change } },
      `save ${profile.id}`,
    );
    void saved.then(onSaved);
  };
}

function Agents(props: SwitchProps) {
  const save = useSave(props);
  return (
    <Check
      kind="switch"
      checked={props.profile.agents === 'act'}
      onChange={(act) => save({ agents: act ? 'act' : 'look' })}
      hint={words.gatewaySettings.agentsHint}
      testId="profile-agents"
    >
      {words.gatewaySettings.agents}
    </Check>
  );
}

function Autostart(props: SwitchProps) {
  const save = useSave(props);
  return (
    <Check
      kind="switch"
      checked={props.profile.autostart}
      onChange={(autostart) => save({ autostart })}
      hint={words.profile.autostartHint}
      testId="profile-autostart"
    >
      {words.profile.autostart}
    </Check>
  );
}
