/** A quiet line of the last values, the newest at the end. What it shows is said by its label. */

interface SparklineProps {
  /** Oldest first. */
  readonly values: readonly number[];
  /** The place for as many; fewer leave room before them. */
  readonly room: number;
  /** What the top of the line stands for at least. */
  readonly least: number;
  readonly label: string;
  readonly testId?: string;
}

const height = 28;
/** So that a line at the top or the bottom is not cut. */
const margin = 2;

export function Sparkline({ values, room, least, label, testId }: SparklineProps) {
  const top = Math.max(least, ...values);
  const points = values.map((value, index) => {
    const x = room - values.length + index;
    const y = height - margin - (value / top) * (height - 2 * margin);
    return `${x},${y.toFixed(1)}`;
  });
  const first = room - values.length;
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${room - 1} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      data-testid={testId}
      data-count={values.length}
    >
      {points.length > 1 && (
        <>
          <polygon
            className="sparkline-area"
            points={`${first},${height} ${points.join(' ')} ${room - 1},${height}`}
          />
          <polyline className="sparkline-line" points={points.join(' ')} />
        </>
      )}
    </svg>
  );
}
