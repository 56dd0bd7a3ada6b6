/** The form of a gateway, to add one and to edit one: checked while one types, each finding at its field. */

import { type FormEvent, useState } from 'react';
import {
  isAbsolute,
  shellSign,
  splitCommandLine,
  withProgram,
} from '../../../electron/contract/draft/command-line.ts';
import { type Draft, folderOf, isKept, sameDraft } from '../../../electron/contract/draft/draft.ts';
import {
  type DraftField,
  type Finding,
  findingsOf,
} from '../../../electron/contract/draft/findings.ts';
import type { ProfileInput } from '../../../electron/contract/profile.ts';
import { words } from '../../../electron/words/spoken.ts';
import { sentenceOf } from '../../bridge.ts';
import { type DraftInHand, useMachineFindings } from '../../draft/use-draft.ts';
import { useApp, useAppList } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Check, Choice } from '../../ui/choice.tsx';
import { ProblemText } from '../../ui/messages.tsx';
import { ChooseButton, useChooser } from './chooser.tsx';
import { FormField } from './form-field.tsx';
import { TrialButton, TrialResult, useTrial } from './trial.tsx';
import { VariablesField } from './variables-field.tsx';

const examples = {
  line: '/opt/gateway/run --port 8080',
  port: '8080',
  health: '/healthz',
} as const;

interface FormProps {
  readonly draft: DraftInHand;
  /** The gateway that is edited; absent for a new one. */
  readonly id?: string;
  /** What the button does. */
  readonly verb: 'add' | 'save';
  /** The field in which the cursor begins. */
  readonly first?: 'line' | 'name' | undefined;
  /** The profile as it would be saved. */
  readonly profile: () => ProfileInput;
  /** Rejects with a sentence. */
  readonly onSave: () => Promise<void>;
  readonly onCancel?: () => void;
}

export function GatewayForm(props: FormProps) {
  const { draft, id, verb, first, profile, onSave, onCancel } = props;
  const { now } = draft;
  const trial = useTrial();
  const findings = useFindings(now, id);
  const { problem, busy, save } = useSaving(onSave);
  const obstacle = obstacleIn(findings);
  const unchanged = verb === 'save' && sameDraft(draft.before, now);
  const reason = unchanged ? words.form.unchanged : obstacle;
  const doubtful = findings.some(({ grade }) => grade === 'doubtful');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (reason === null && !busy) void save();
  };
  return (
    <form className="form" onSubmit={submit} data-testid="gateway-form">
      <Fields draft={draft} findings={findings} first={first} />
      {problem !== null && (
        <ProblemText problem={{ message: problem }} tone="bad" testId="form-problem" />
      )}
      <div className="form-actions">
        <Button
          kind={verb === 'save' ? 'primary' : 'secondary'}
          icon={verb === 'save' ? 'check' : 'plus'}
          disabled={reason !== null}
          busy={busy}
          onClick={() => void save()}
          testId="form-submit"
        >
          {labelOf(verb, doubtful)}
        </Button>
        {now.kind === 'command' && (
          <TrialButton trial={trial} disabled={obstacle !== null} profile={profile} />
        )}
        {onCancel && (
          <Button onClick={onCancel} testId="form-cancel">
            {words.common.cancel}
          </Button>
        )}
        {reason !== null && (
          <small className="form-reason" role="status" data-testid="form-reason">
            {reason}
          </small>
        )}
      </div>
      <TrialResult trial={trial} />
    </form>
  );
}

function labelOf(verb: FormProps['verb'], doubtful: boolean): string {
  if (!doubtful) return words.common[verb];
  return verb === 'add' ? words.form.addAnyway : words.form.saveAnyway;
}

/** What is to be said about the fields: by the window at once, by the machine a moment later. */
function useFindings(draft: Draft, id: string | undefined): readonly Finding[] {
  const names = useAppList(({ gateways }) =>
    Object.values(gateways)
      .filter((one) => one.id !== id)
      .map(({ name }) => name),
  );
  const own = findingsOf(draft, names);
  const machine = useMachineFindings(draft, id);
  const isOpen = (field: DraftField): boolean =>
    own.every((one) => one.field !== field || one.grade === 'doubtful');
  return [
    ...own,
    ...machine
      .filter(({ field }) => isOpen(field))
      .map((one) => ({ ...one, grade: 'doubtful' as const, foreign: true as const })),
  ];
}

function useSaving(work: () => Promise<void>) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { problem, busy, save };
}

/** What keeps the profile from being used at all, as a sentence; null when nothing does. */
function obstacleIn(findings: readonly Finding[]): string | null {
  const missing = findings.find(({ grade }) => grade === 'missing');
  const wrong = findings.find(({ grade }) => grade === 'wrong');
  return (missing ?? wrong)?.message ?? null;
}

interface FieldsProps {
  readonly draft: DraftInHand;
  readonly findings: readonly Finding[];
  readonly first: 'line' | 'name' | undefined;
}

function Fields({ draft, findings, first }: FieldsProps) {
  const { before, now, change } = draft;
  const at = (field: DraftField) => findings.filter((one) => one.field === field);
  return (
    <>
      <FormField
        label={words.form.name}
        value={now.name}
        onChange={(name) => change({ name })}
        placeholder={words.form.namePlaceholder}
        hint={words.form.nameHint}
        findings={at('name')}
        first={first === 'name'}
        testId="form-name"
      />
      {now.kind === 'command' && <ProgramFields draft={draft} findings={findings} first={first} />}
      {now.kind === 'remote' && (
        <FormField
          label={words.form.address}
          value={now.address}
          onChange={(address) => change({ address })}
          findings={at('address')}
          testId="form-address"
        />
      )}
      {now.kind !== 'remote' && (
        <>
          <ListenFields draft={draft} findings={findings} />
          <VariablesField
            variables={now.variables}
            stored={new Set(before.variables.filter(isKept).map(({ name }) => name))}
            onChange={(variables) => change({ variables })}
            findings={at('variables')}
          />
          <PolicyField draft={draft} />
        </>
      )}
    </>
  );
}

function ProgramFields({ draft: { now, change }, findings, first }: FieldsProps) {
  const platform = useApp(({ app }) => app.platform);
  const home = useApp(({ app }) => app.home);
  const [command = ''] = now.shell ? [] : splitCommandLine(now.line, home);
  const program = useChooser('line', now.line, isAbsolute(command) ? command : '', (path) =>
    change({ line: withProgram(now.line, path) }),
  );
  const cwd = folderOf(now, home);
  const folder = useChooser('folder', now.folder, isAbsolute(cwd) ? cwd : '', (path) =>
    change({ folder: path }),
  );
  const at = (field: DraftField) =>
    [...findings, ...program.findings, ...folder.findings].filter((one) => one.field === field);
  return (
    <>
      <FormField
        label={words.form.line}
        value={now.line}
        onChange={(line) => change({ line })}
        placeholder={examples.line}
        hint={words.form.lineHint}
        findings={at('line')}
        action={<ChooseButton chooser={program} />}
        long
        first={first === 'line'}
        testId="form-line"
      />
      {/* Windows’ own shell has other rules; a command file does there what is needed. */}
      {platform !== 'win32' && (now.shell || shellSign(now.line) !== null) && (
        <Check
          kind="switch"
          checked={now.shell}
          onChange={(shell) => change({ shell })}
          hint={words.form.shellHint}
          testId="form-shell"
        >
          {words.form.shell}
        </Check>
      )}
      <FormField
        label={words.form.folder}
        value={now.folder}
        onChange={(folder) => change({ folder })}
        placeholder={words.form.folderPlaceholder}
        optional
        findings={at('folder')}
        action={<ChooseButton chooser={folder} />}
        testId="form-folder"
      />
    </>
  );
}

function ListenFields({ draft: { now, change }, findings }: Omit<FieldsProps, 'first'>) {
  const at = (field: DraftField) => findings.filter((one) => one.field === field);
  return (
    <div className="form-row">
      <FormField
        label={words.form.port}
        value={now.port}
        onChange={(port) => change({ port })}
        placeholder={examples.port}
        optional={now.kind !== 'shipped'}
        hint={now.health.trim() === '' ? words.form.portHint : ''}
        findings={at('port')}
        testId="form-port"
      />
      <FormField
        label={words.form.health}
        value={now.health}
        onChange={(health) => change({ health })}
        placeholder={examples.health}
        optional
        hint={words.form.healthHint}
        findings={at('health')}
        testId="form-health"
      />
    </div>
  );
}

function PolicyField({ draft: { now, before, change } }: { readonly draft: DraftInHand }) {
  const policies = (['keep', 'release', 'swap'] as const).filter(
    (policy) => policy !== 'swap' || now.kind === 'shipped' || before.policy === 'swap',
  );
  return (
    <div className="form-field">
      <span className="form-label">{words.form.policy}</span>
      <Choice
        legend={words.form.policy}
        layout="segments"
        options={policies.map((value) => ({ value, label: words.policies[value] }))}
        value={now.policy}
        onChange={(policy) => change({ policy })}
        testId="form-policy"
      />
    </div>
  );
}
