/** Messages to the phone: where they go, what they tell, and what became of the last one. */
import { useEffect, useState } from 'react';
import type { AppContract } from '../../../electron/contract/app-contract.ts';
import type { Output } from '../../../electron/contract/define.ts';
import type { PhoneKind } from '../../../electron/contract/phone.ts';
import { words } from '../../../electron/words/spoken.ts';
import { ago, remaining } from '../../format/quantities.ts';
import { useNow } from '../../store/clock.ts';
import { useApp, useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { FormField } from '../form/form-field.tsx';
import { phoneKinds, phoneTellChoices } from './choices.ts';

const placeholders: Readonly<Record<PhoneKind, string>> = {
  ntfy: 'https://ntfy.sh/your-topic',
  webhook: 'https://example.com/hook',
};

type View = Output<AppContract, 'phone.show'>;
/** Keeps what a change leads to; null: it was refused, and the window says why. */
type Take = (change: Promise<View>) => Promise<View | null>;

export function PhoneCard() {
  const { ask, warn } = useHoldfast();
  const connected = useApp(({ link }) => link.status === 'connected');
  const [view, setView] = useState<View | null>(null);
  const [editing, setEditing] = useState(false);
  useEffect(() => {
    if (!connected) return;
    let wanted = true;
    ask('phone.show', null).then(
      (now) => wanted && setView(now),
      // An older background service knows no phone.
      () => wanted && setView(null),
    );
    return () => {
      wanted = false;
    };
  }, [ask, connected]);
  const take: Take = async (change) => {
    try {
      const next = await change;
      setView(next);
      return next;
    } catch (error) {
      warn(error);
      return null;
    }
  };
  return (
    <Card title={words.phone.title} testId="settings-phone">
      <p className="card-lead">{words.phone.lead}</p>
      {!connected || view === null ? (
        <p>{words.phone.away}</p>
      ) : view.target === null || editing ? (
        <AddressForm
          view={view}
          take={take}
          onCancel={view.target === null ? null : () => setEditing(false)}
          onSaved={() => setEditing(false)}
        />
      ) : (
        <Chosen view={view} take={take} onChange={() => setEditing(true)} />
      )}
    </Card>
  );
}

interface FormProps {
  readonly view: View;
  readonly take: Take;
  readonly onCancel: (() => void) | null;
  readonly onSaved: () => void;
}

/** What is typed is forgotten once it is saved. */
function AddressForm({ view, take, onCancel, onSaved }: FormProps) {
  const { ask } = useHoldfast();
  const [kind, setKind] = useState<PhoneKind>('ntfy');
  const [address, setAddress] = useState('');
  const empty = address.trim() === '';
  const save = async (): Promise<void> => {
    const saved = await take(ask('phone.set', { kind, address: address.trim(), tell: view.tell }));
    if (saved) onSaved();
  };
  return (
    <div className="form">
      <Choice
        legend={words.phone.kind}
        layout="segments"
        options={phoneKinds()}
        value={kind}
        onChange={setKind}
        testId="phone-kind"
      />
      <FormField
        label={words.phone.address}
        value={address}
        onChange={setAddress}
        placeholder={placeholders[kind]}
        hint={words.phone.hint[kind]}
        testId="phone-address"
      />
      <div className="card-actions">
        <Button kind="primary" disabled={empty} onClick={() => void save()} testId="phone-save">
          {words.common.save}
        </Button>
        <TestButton typed={{ kind, address: address.trim() }} disabled={empty} />
        {onCancel && (
          <Button kind="quiet" onClick={onCancel}>
            {words.common.cancel}
          </Button>
        )}
      </div>
    </div>
  );
}

interface ChosenProps {
  readonly view: View;
  readonly take: Take;
  readonly onChange: () => void;
}

function Chosen({ view, take, onChange }: ChosenProps) {
  const { ask, tell: say } = useHoldfast();
  const remove = async (): Promise<void> => {
    if (await take(ask('phone.remove', null))) say(words.phone.removed);
  };
  return (
    <div className="form">
      <p data-testid="phone-target">{words.phone.goesTo(view.target?.host ?? '')}</p>
      {view.last && <Last last={view.last} />}
      <Choice
        legend={words.phone.tell}
        layout="segments"
        options={phoneTellChoices()}
        value={view.tell}
        onChange={(tell) => void take(ask('phone.tell', { tell }))}
        testId="phone-tell"
      />
      <div className="card-actions">
        <TestButton typed={null} />
        <Button onClick={onChange} testId="phone-change">
          {words.phone.change}
        </Button>
        <Button kind="danger" onClick={() => void remove()} testId="phone-remove">
          {words.phone.remove}
        </Button>
      </div>
    </div>
  );
}

function Last({ last }: { readonly last: NonNullable<View['last']> }) {
  const now = useNow();
  if (last.problem === null) return <p>{words.phone.delivered(ago(last.at, now))}</p>;
  const next =
    last.nextAt === null ? words.phone.givenUp : words.phone.again(remaining(last.nextAt, now));
  return (
    <p className="phone-failed">
      {words.phone.failed} <Foreign>{last.problem}</Foreign> {next}
    </p>
  );
}

interface TestProps {
  /** What is typed; null: the address that is set. */
  readonly typed: { readonly kind: PhoneKind; readonly address: string } | null;
  readonly disabled?: boolean;
}

/** Says what came back, beside the button. */
function TestButton({ typed, disabled = false }: TestProps) {
  const { ask, warn } = useHoldfast();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Output<AppContract, 'phone.test'> | null>(null);
  const test = async (): Promise<void> => {
    setBusy(true);
    setAnswer(null);
    try {
      setAnswer(await ask('phone.test', typed));
    } catch (error) {
      warn(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button disabled={disabled} busy={busy} onClick={() => void test()} testId="phone-test">
        {words.phone.test}
      </Button>
      <span
        className={`phone-answer${answer && !answer.arrived ? ' phone-failed' : ''}`}
        role="status"
        data-testid="phone-answer"
      >
        <Foreign>{answer?.answer}</Foreign>
      </span>
    </>
  );
}
