/** How easily a password is guessed, from 0 to 4, the same for page and service; the word lists come only once somebody chooses one. */
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';

let meter: Promise<ZxcvbnFactory> | null = null;

/** It advises and never refuses. The lists are read once; a browser that could not fetch them shows no meter, and the hub's own rule stands. `known` are words that a guesser would try first. */
export async function passwordStrength(password: string, known: readonly string[]): Promise<number> {
  meter ??= Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]).then(([{ ZxcvbnFactory: Factory }, { adjacencyGraphs, dictionary }]) => new Factory({ graphs: adjacencyGraphs, dictionary }));
  // What is beyond does not count for the hub either.
  return (await meter).check(password.slice(0, 72), [...known]).score;
}
