/** What a gateway uses of memory and processor, as two quiet lines of the last two minutes. */
import type { GatewayView } from '../../../electron/contract/gateway.ts';
import { cpuText, type Load, memoryText } from '../../../electron/contract/usage.ts';
import { count } from '../../format/quantities.ts';
import { useLoads } from '../../store/load.ts';
import { Card } from '../../ui/card.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';

const words = {
  title: 'Memory and processor',
  memory: 'Memory',
  cpu: 'Processor',
  measuring: 'measuring…',
  range: (least: string, most: string) => (least === most ? least : `${least} to ${most}`),
  /** Read aloud instead of the line. */
  line: (what: string, now: string, range: string) =>
    `${what} since you look, at most two minutes: ${now} now, ${range}`,
  note: (processes: number) =>
    `${count(processes, 'process', 'processes')}. Measured only while this window is seen; 100 % is one processor.`,
};

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
    <Card title={words.title} testId="usage">
      <div className="usage">
        <Row
          name={words.memory}
          values={loads.map(({ memory }: Load) => memory)}
          say={memoryText}
          least={1}
          testId="usage-memory"
        />
        <Row name={words.cpu} values={cpus} say={cpuText} least={leastCpu} testId="usage-cpu" />
      </div>
      <p className="usage-note">{words.note(newest.processes)}</p>
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
  const now = newest === undefined ? words.measuring : say(newest);
  const range =
    newest === undefined ? '' : words.range(say(Math.min(...values)), say(Math.max(...values)));
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
        label={words.line(name, now, range)}
        testId={`${testId}-line`}
      />
      <span className="usage-range" aria-hidden="true">
        {range}
      </span>
    </div>
  );
}
