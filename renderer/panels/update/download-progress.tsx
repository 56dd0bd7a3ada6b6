/** How far the download is, how fast, and how long still. */
import { duration } from '../../../electron/contract/words.ts';
import { bytes, rate } from '../../format/quantities.ts';

interface Props {
  readonly version: string;
  readonly transferred: number;
  readonly total: number;
  /** Bytes per second; 0 until it is known. */
  readonly rate: number;
}

export function DownloadProgress({ version, transferred, total, rate: speed }: Props) {
  const known = total > 0;
  const percent = known ? Math.min(100, Math.floor((transferred / total) * 100)) : 0;
  const left = known && speed > 0 ? ((total - transferred) / speed) * 1_000 : null;
  return (
    <div className="download">
      <progress
        aria-label={`Download of Holdfast ${version}`}
        max={known ? total : undefined}
        value={known ? Math.min(transferred, total) : undefined}
        data-testid="update-progress"
        data-percent={percent}
      />
      <p className="download-line">
        <span data-testid="update-transferred">
          {known ? `${percent} % · ${bytes(transferred)} of ${bytes(total)}` : bytes(transferred)}
        </span>
        <span data-testid="update-rate">
          {speed > 0 && rate(speed)}
          {left !== null && left >= 1_000 && ` · about ${duration(left)} left`}
        </span>
      </p>
    </div>
  );
}
