/** A report for whoever helps: what is in it is shown before it is saved. */
import { useState } from 'react';
import type { DiagnosticsAnswer } from '../../../electron/contract/answers.ts';
import { bytes } from '../../format/quantities.ts';
import { useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';

export function HelpReportCard() {
  const { ask, warn } = useHoldfast();
  const [contents, setContents] = useState<DiagnosticsAnswer | null>(null);
  const [looking, setLooking] = useState(false);

  async function look(): Promise<void> {
    setLooking(true);
    try {
      setContents(await ask('report.contents', null));
    } catch (error) {
      warn(error);
    } finally {
      setLooking(false);
    }
  }

  return (
    <Card
      title="When you ask for help"
      aside={
        <Button kind="secondary" busy={looking} onClick={() => void look()} testId="report-make">
          Make a report…
        </Button>
      }
      testId="settings-report"
    >
      <p className="card-lead">
        What someone who helps you needs to see, in one file: versions, settings, histories and
        logs, without your secrets. It is sent nowhere.
      </p>
      {contents && <ReportContents contents={contents} onClose={() => setContents(null)} />}
    </Card>
  );
}

interface ReportContentsProps {
  readonly contents: DiagnosticsAnswer;
  readonly onClose: () => void;
}

function ReportContents({ contents, onClose }: ReportContentsProps) {
  const { ask, tell, warn } = useHoldfast();
  const [saving, setSaving] = useState(false);
  const { files, leftOut } = contents;

  async function save(): Promise<void> {
    setSaving(true);
    try {
      const { file } = await ask('report.save', null);
      if (file === null) return;
      tell(`The report was saved as ${file}. Look through it before you pass it on.`);
      onClose();
    } catch (error) {
      warn(error);
    } finally {
      setSaving(false);
    }
  }

  return (
    <Dialog
      title="What the report holds"
      onCancel={onClose}
      testId="report-dialog"
      actions={
        <>
          <Button kind="quiet" disabled={saving} onClick={onClose} testId="report-cancel">
            Cancel
          </Button>
          <Button kind="primary" busy={saving} onClick={() => void save()} testId="report-save">
            Save…
          </Button>
        </>
      }
    >
      <p>
        {files.length} files, {bytes(contents.bytes)} before they are packed. Values of variables,
        passwords, tokens and the name of your home folder are hidden.
      </p>
      <ul className="file-list" data-testid="report-files">
        {files.map(({ name, bytes: size, cut }) => (
          <li key={name}>
            <span className="mono">{name}</span>
            <span>
              {cut && 'its end, '}
              {bytes(size)}
            </span>
          </li>
        ))}
        {leftOut.map(({ name, why }) => (
          <li key={name}>
            <span className="mono">{name}</span>
            <span>left out: {why}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
