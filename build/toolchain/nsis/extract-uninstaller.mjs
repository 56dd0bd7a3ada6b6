/**
 * Stands in for Wine where electron-builder runs it: to let a half-built installer write the
 * uninstaller that it carries. That needs no Windows: an uninstaller is the installer's own stub,
 * followed by a block of data that lies in the installer, deflated.
 *
 *   extract-uninstaller.mjs <folder>/Setup.exe    writes <folder>/Setup.__uninstaller.exe
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** NSIS's firstheader (Source/exehead/fileform.h): flags, signature, two sizes; then the blocks. */
const signature = Buffer.from('NullsoftInst', 'latin1');
const magic = 0xdeadbeef;
const headerBytes = 28;
/** A block's length carries in its highest bit whether it is compressed. */
const compressed = 0x80000000;

/** PE format: where the headers are, and how large a section's header is. */
const peOffsetAt = 0x3c;
const peSectionBytes = 40;

/**
 * The end of the stub: the last byte that any section of the program has in the file.
 * @param {Buffer} program
 */
function endOfStub(program) {
  const pe = program.readUInt32LE(peOffsetAt);
  const sections = program.readUInt16LE(pe + 6);
  let at = pe + 24 + program.readUInt16LE(pe + 20);
  let end = 0;
  for (let n = 0; n < sections; n += 1, at += peSectionBytes) {
    const size = program.readUInt32LE(at + 16);
    if (size > 0) end = Math.max(end, program.readUInt32LE(at + 20) + size);
  }
  return end;
}

/** @param {Buffer} data */
function isNsis(data) {
  return (
    data.length >= headerBytes &&
    data.readUInt32LE(4) === magic &&
    data.subarray(8, 8 + signature.length).equals(signature)
  );
}

/**
 * The uninstaller's data among the installer's blocks.
 * @param {Buffer} data what follows the stub
 */
function uninstallerIn(data) {
  if (!isNsis(data)) throw new Error('There is no NSIS data behind the stub.');
  for (let at = headerBytes; at + 4 <= data.length; ) {
    const word = data.readUInt32LE(at);
    const length = word % compressed;
    if (length === 0 || at + 4 + length > data.length) break;
    const raw = data.subarray(at + 4, at + 4 + length);
    const block = word >= compressed ? inflateRawSync(raw) : raw;
    if (isNsis(block)) return block;
    at += 4 + length;
  }
  throw new Error('The installer carries no uninstaller.');
}

const [installer, ...more] = process.argv.slice(2);
if (!installer || more.length > 0 || path.extname(installer) !== '.exe') {
  process.stderr.write('This stands in for Wine and does nothing but take out an uninstaller.\n');
  process.exit(64);
}
const bytes = readFileSync(installer);
const end = endOfStub(bytes);
const name = `${path.basename(installer, 'exe')}__uninstaller.exe`;
writeFileSync(
  path.join(path.dirname(installer), name),
  Buffer.concat([bytes.subarray(0, end), uninstallerIn(bytes.subarray(end))]),
);
