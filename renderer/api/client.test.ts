/** The client asks what the contract says, and turns answers that are not fine into problems with words and a code. */
import { expect, test } from 'vitest';
import { ApiProblem, makeHttpClient, requestOf } from './client.ts';
import { follows, withoutSocket } from './live.ts';

test('blanks of the path are filled and the rest goes to the query or the body', () => {
  expect(requestOf('readRows', { viewId: 'a/b', from: 0, to: 200 })).toEqual({ method: 'GET', path: '/views/a%2Fb/rows?from=0&to=200', body: undefined });
  expect(requestOf('pauseRoot', { rootId: 'photos', untilMs: null })).toEqual({ method: 'POST', path: '/roots/photos/pause', body: '{"untilMs":null}' });
  expect(requestOf('readLines', { runId: undefined })).toEqual({ method: 'GET', path: '/activity/lines', body: undefined });
});

const clientWith = (fetch: typeof globalThis.fetch) => makeHttpClient({ address: 'http://127.0.0.1:8620', token: 'secret', fetch });

test('the bearer goes along, and a refusal becomes a problem with its code', async () => {
  let seen: Headers | undefined;
  const client = clientWith(async (_url, init) => {
    seen = new Headers(init?.headers);
    return new Response(JSON.stringify({ detail: 'There is no list of that name.', error_code: 'not_found' }), { status: 404 });
  });
  const problem = await client.call('readStatus', {}).catch((reason: unknown) => reason);
  expect(problem).toBeInstanceOf(ApiProblem);
  expect(problem).toMatchObject({ message: 'There is no list of that name.', code: 'not_found', status: 404, noAnswer: false });
  expect(seen?.get('Authorization')).toBe('Bearer secret');
});

test('nobody there is told apart from a refusal', async () => {
  const client = clientWith(async () => {
    throw new TypeError('Failed to fetch');
  });
  expect(await client.call('readStatus', {}).catch((reason: unknown) => reason)).toMatchObject({ noAnswer: true });
});

test('at most three contents are fetched at a time, also after one failed', async () => {
  let running = 0;
  let most = 0;
  const client = clientWith(async (url) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((ready) => setTimeout(ready, 5));
    running -= 1;
    return String(url).endsWith('3') ? new Response('{}', { status: 500 }) : new Response('bytes');
  });
  await Promise.allSettled(Array.from({ length: 9 }, (_, at) => client.content(`/content/${at}`)));
  expect(most).toBe(3);
});

test('a door that is back within seconds has not stopped; what stays silent has', () => {
  expect([null, 0, 3900, 4000, 60_000].map((silentMs) => withoutSocket(silentMs).connection)).toEqual(['polling', null, null, 'lost', 'lost']);
  expect(withoutSocket(0).againMs).toBeLessThan(withoutSocket(null).againMs);
});

test('an envelope follows only its direct predecessor of the same epoch', () => {
  expect(follows({ epoch: 'a', seq: 4 }, { epoch: 'a', seq: 5 })).toBe(true);
  expect(follows({ epoch: 'a', seq: 4 }, { epoch: 'a', seq: 6 })).toBe(false);
  expect(follows({ epoch: 'a', seq: 4 }, { epoch: 'b', seq: 5 })).toBe(false);
  expect(follows(null, { epoch: 'a', seq: 1 })).toBe(false);
});
