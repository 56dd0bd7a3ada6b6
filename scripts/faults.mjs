#!/usr/bin/env node
/** Lists the tests that show a fault of docs/faults.md: `node scripts/faults.mjs [id …]`. */
import { faultRows, faultTests } from './lib/faults.mjs';

const wanted = process.argv.slice(2);
const tests = faultTests();
for (const { id, text } of faultRows()) {
  if (wanted.length > 0 && !wanted.includes(id)) continue;
  console.log(`${id}  ${text}`);
  for (const { file, title } of tests.filter((test) => test.id === id)) {
    console.log(`      ${file}: ${title}`);
  }
}
