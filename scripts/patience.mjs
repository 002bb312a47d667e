/** How much slower than a usual machine this one is right now: limits of waiting in tests grow with it, so that a busy machine fails no test. */

/** What the loop below takes on a machine of two free cores. */
const usualMs = 60;
const mostTimes = 12;

function measured() {
  const startedMs = performance.now();
  let sum = 0;
  for (let at = 0; at < 40_000_000; at += 1) sum += at % 7;
  return sum < 0 ? 1 : (performance.now() - startedMs) / usualMs;
}
/** A machine that is free now may be busy a minute later; a long limit costs nothing where all goes well. */
const fewestTimes = 4;
const times = Math.min(mostTimes, Math.max(fewestTimes, 2 * measured()));

/**
 * A limit for waiting, as long as this machine needs.
 * @param {number} ms what a usual machine would need, in ms
 * @returns {number} ms
 */
export function patient(ms) {
  return Math.round(ms * times);
}
