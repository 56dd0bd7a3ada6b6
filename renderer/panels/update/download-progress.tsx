/** How far the download is, how fast, and how long still. */
import { useState } from 'react';
import { duration } from '../../../electron/contract/words.ts';
import { words } from '../../../electron/words/spoken.ts';
import { bytes, rate } from '../../format/quantities.ts';
import { useNow } from '../../store/clock.ts';

interface Props {
  readonly version: string;
  readonly transferred: number;
  readonly total: number;
  /** Bytes per second; 0 until it is known; absent while it is paused. */
  readonly rate?: number;
}

export function DownloadProgress({ version, transferred, total, rate: speed }: Props) {
  const known = total > 0;
  const percent = known ? Math.min(100, Math.floor((transferred / total) * 100)) : 0;
  const left = known && speed ? ((total - transferred) / speed) * 1_000 : null;
  return (
    <div className="download">
      <progress
        aria-label={words.updating.progress(version)}
        max={known ? total : undefined}
        value={known ? Math.min(transferred, total) : undefined}
        data-testid="update-progress"
        data-percent={percent}
      />
      <p className="download-line">
        <span data-testid="update-transferred">
          {known
            ? words.updating.transferred(
                words.quantities.percent(words.number(percent)),
                bytes(transferred),
                bytes(total),
              )
            : bytes(transferred)}
        </span>
        <span data-testid="update-rate">
          {speed ? rate(speed) : null}
          {left !== null && left >= 1_000 && ` · ${words.updating.timeLeft(duration(left))}`}
        </span>
      </p>
      {speed !== undefined && <Silence transferred={transferred} />}
    </div>
  );
}

/** A server that takes a while says nothing of it; shorter pauses are usual, milliseconds. */
const noticedMs = 5_000;

/** Says so when nothing arrives. After a minute the download ends by itself, with what to do. */
function Silence({ transferred }: { readonly transferred: number }) {
  const now = useNow();
  const [last, setLast] = useState({ transferred, at: now });
  if (last.transferred !== transferred) setLast({ transferred, at: now });
  const silentMs = now - last.at;
  if (silentMs < noticedMs) return null;
  return (
    <p className="card-note" role="status" data-testid="update-silence">
      {words.updating.silent(duration(silentMs))}
    </p>
  );
}
