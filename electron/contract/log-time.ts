/** When a line of a log was written, as far as it says so: the date at its beginning, or a JSON line's time. */

/** A date further in is part of what the line is about. */
const beginning = 40;
const jsonHead = 300;

const date =
  /(\d{4})[-/](\d{2})[-/](\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,3})\d*)?\s?(Z|[+-]\d{2}:?\d{2})?/;
const jsonDate = /"(?:time|timestamp|ts|@timestamp)":\s?"([^"]{19,40})"/;
const jsonNumber = /"(?:time|timestamp|ts)":\s?(\d{10}(?:\.\d+)?|\d{13})\b/;
/** Below it a number counts seconds. */
const firstMs = 1e11;

/** Epoch milliseconds; null when the line does not say. A date without a zone is of this machine's. */
export function timeIn(text: string): number | null {
  const head = text.slice(0, jsonHead);
  const number = jsonNumber.exec(head)?.[1];
  if (number !== undefined) return Number(number) * (Number(number) < firstMs ? 1_000 : 1);
  return parsed(jsonDate.exec(head)?.[1] ?? head);
}

function parsed(text: string): number | null {
  const found = date.exec(text);
  if (!found || found.index > beginning) return null;
  const [, year, month, day, clock, fraction = '0', zone = ''] = found;
  const at = Date.parse(`${year}-${month}-${day}T${clock}.${fraction.padEnd(3, '0')}${zone}`);
  return Number.isNaN(at) ? null : at;
}
