/** Prints for `bench:ui`: `marks`, each with its own time, ten a second; or `flood`, ten thousand lines a second. */
let number = 0;
const next = () => {
  number += 1;
  return number;
};

if (process.argv[2] === 'marks') {
  setInterval(() => console.log(`mark ${next()} ${Date.now()}`), 100);
} else {
  const hundred = () =>
    Array.from({ length: 100 }, () => `line ${next()} of many, with a needle in each`).join('\n');
  setInterval(() => console.log(hundred()), 10);
}
