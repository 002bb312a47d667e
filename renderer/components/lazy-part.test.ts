/** A part that can't be fetched for a moment is asked for again, and one that can't be had is given up. */
import { expect, it } from 'vitest';
import { persistently } from './lazy-part.tsx';

async function tried(failures: number): Promise<{ readonly said: string; readonly asked: number; readonly waitedMs: number }> {
  let [asked, waitedMs] = [0, 0];
  const load = (): Promise<string> => ((asked += 1) > failures ? Promise.resolve('here') : Promise.reject(new Error('the line is away')));
  const said = await persistently(load, (ms) => {
    waitedMs += ms;
    return Promise.resolve();
  }).catch((reason: unknown) => String(reason));
  return { said, asked, waitedMs };
}

it('what is there at once is asked for once; a line that comes back within seconds is waited for; then it is said', async () => {
  expect(await tried(0)).toEqual({ said: 'here', asked: 1, waitedMs: 0 });
  expect(await tried(3)).toEqual({ said: 'here', asked: 4, waitedMs: 2500 });
  expect(await tried(99)).toEqual({ said: 'Error: the line is away', asked: 6, waitedMs: 11_500 });
});
