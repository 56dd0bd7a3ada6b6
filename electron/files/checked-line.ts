/**
 * A line of JSON that ends with the checksum of what stands before it, so that a reader can tell a line
 * that was torn by a power cut, or changed, from one that was written whole:
 *
 *   {"seq":1,"at":1764441600000,"kind":"ready","crc":"9ae0daaf"}
 */

const mark = ',"crc":"';
/** `,"crc":"` + 8 digits + `"}` */
const markLength = mark.length + 10;

/** One line, with its line end. `record` must have at least one field. */
export function encodeLine(record: object): string {
  const body = JSON.stringify(record).slice(0, -1);
  return `${body}${mark}${checksum(body)}"}\n`;
}

/** The record of a line without its line end; undefined when it is not what was written. */
export function decodeLine(line: string): unknown {
  const at = line.length - markLength;
  if (at <= 0 || line.slice(at, at + mark.length) !== mark || !line.endsWith('"}'))
    return undefined;
  const body = line.slice(0, at);
  if (checksum(body) !== line.slice(at + mark.length, -2)) return undefined;
  try {
    return JSON.parse(`${body}}`);
  } catch {
    return undefined;
  }
}

/** Node's zlib is loaded where it is first used: it takes half a megabyte. */
function checksum(body: string): string {
  const { crc32 } = process.getBuiltinModule('node:zlib');
  return crc32(body).toString(16).padStart(8, '0');
}
