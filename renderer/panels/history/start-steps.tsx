/** How long each step of a start took, beside what is usual. */
import { seconds } from '../../../electron/contract/event-words.ts';
import { type Analysis, startSteps } from '../../../electron/contract/start-analysis.ts';
import { words } from '../../../electron/words/spoken.ts';
import { Details } from '../../ui/card.tsx';

export function StartSteps({ analysis }: { readonly analysis: Analysis }) {
  const { start, usual, slowest } = analysis;
  if (!start) return null;
  const { history } = words;
  const shown = startSteps.filter((step) => (start.steps[step] ?? usual?.[step] ?? null) !== null);
  // The sentence above says that alone.
  if (shown.length < 2) return null;
  return (
    <Details title={history.steps} testId="history-steps">
      <table className="start-steps">
        <thead>
          <tr>
            <td />
            <th scope="col">{history.thisStart}</th>
            {usual && <th scope="col">{history.usualStart}</th>}
          </tr>
        </thead>
        <tbody>
          {shown.map((step) => (
            <tr key={step} className={slowest?.step === step ? 'start-slowest' : undefined}>
              <th scope="row">{history.step[step]}</th>
              <td>{time(start.steps[step])}</td>
              {usual && <td>{time(usual[step])}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {slowest && (
        <p className="card-note">{history.slowest(history.step[slowest.step], time(slowest.ms))}</p>
      )}
    </Details>
  );
}

/** To the millisecond where a step is short: there that is what one compares. */
function time(ms: number | null): string {
  if (ms === null) return words.history.unseen;
  return ms < 1_000 ? words.quantities.milliseconds(words.number(ms)) : seconds(ms);
}
