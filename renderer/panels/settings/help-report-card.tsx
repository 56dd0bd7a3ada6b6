/** A report for whoever helps: what is in it is shown before it is saved. */
import { useState } from 'react';
import type { DiagnosticsAnswer } from '../../../electron/contract/answers.ts';
import { words } from '../../../electron/words/spoken.ts';
import { bytes } from '../../format/quantities.ts';
import { useHoldfast } from '../../store/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Foreign } from '../../ui/foreign.tsx';

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
      title={words.report.title}
      aside={
        <Button kind="secondary" busy={looking} onClick={() => void look()} testId="report-make">
          {words.report.make}
        </Button>
      }
      testId="settings-report"
    >
      <p className="card-lead">{words.report.lead}</p>
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
      tell(words.report.saved(file));
      onClose();
    } catch (error) {
      warn(error);
    } finally {
      setSaving(false);
    }
  }

  return (
    <Dialog
      title={words.report.contents}
      onCancel={onClose}
      testId="report-dialog"
      actions={
        <>
          <Button kind="quiet" disabled={saving} onClick={onClose} testId="report-cancel">
            {words.common.cancel}
          </Button>
          <Button kind="primary" busy={saving} onClick={() => void save()} testId="report-save">
            {words.report.save}
          </Button>
        </>
      }
    >
      <p>{words.report.size(files.length, bytes(contents.bytes))}</p>
      <ul className="file-list" data-testid="report-files">
        {files.map(({ name, bytes: size, cut }) => (
          <li key={name}>
            <span className="mono">{name}</span>
            <span>{cut ? words.report.itsEnd(bytes(size)) : bytes(size)} </span>
          </li>
        ))}
        {leftOut.map(({ name, why }) => (
          <li key={name}>
            <span className="mono">{name}</span>
            <span>
              {words.report.leftOut} <Foreign>{why}</Foreign>
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
