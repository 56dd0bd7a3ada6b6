/** Prints by how much the parts of the long lanes are to be smaller, for `.ci/run`: `slower-by.mjs <seconds of npm test>`. */
import { slowerBy } from './lib/parts.mjs';

process.stdout.write(`${slowerBy(Number(process.argv[2]))}\n`);
