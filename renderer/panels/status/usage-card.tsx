/** What a gateway uses of memory and processor, as two quiet lines of the last two minutes. */

import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { cpuText, type Load, memoryText } from '../../../electron/contract/usage.ts';
import { words } from '../../../electron/words/spoken.ts';
import { useLoads } from '../../store/load.ts';
import { Card } from '../../ui/card.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';

/** Two minutes of samples; see store/usage.ts. */
const room = 60;
/** The line of a gateway that does almost nothing stays at the bottom. */
const leastCpu = 5;

export function UsageCard({ gateway }: { readonly gateway: GatewayView }) {
  const loads = useLoads(gateway.id);
  const newest = loads.at(-1);
  if (!newest) return null;
  const cpus = loads.flatMap(({ cpu }) => (cpu === null ? [] : [cpu]));
  return (
    <Card title={words.usage.title} testId="usage">
      <div className="usage">
        <Row
          name={words.usage.memory}
          values={loads.map(({ memory }: Load) => memory)}
          say={memoryText}
          least={1}
          testId="usage-memory"
        />
        <Row
          name={words.usage.cpu}
          values={cpus}
          say={cpuText}
          least={leastCpu}
          testId="usage-cpu"
        />
      </div>
      <p className="usage-note">{words.usage.note(newest.processes)}</p>
    </Card>
  );
}

interface RowProps {
  readonly name: string;
  readonly values: readonly number[];
  readonly say: (value: number) => string;
  readonly least: number;
  readonly testId: string;
}

function Row({ name, values, say, least, testId }: RowProps) {
  const newest = values.at(-1);
  const now = newest === undefined ? words.usage.measuring : say(newest);
  const range =
    newest === undefined ? '' : rangeOf(say(Math.min(...values)), say(Math.max(...values)));
  return (
    <div className="usage-row">
      <span className="usage-name">{name}</span>
      <strong className="usage-now" data-testid={testId}>
        {now}
      </strong>
      <Sparkline
        values={values}
        room={room}
        least={least}
        label={words.usage.line(name, now, range)}
        testId={`${testId}-line`}
      />
      <span className="usage-range" aria-hidden="true">
        {range}
      </span>
    </div>
  );
}

function rangeOf(least: string, most: string): string {
  return least === most ? least : words.usage.range(least, most);
}
