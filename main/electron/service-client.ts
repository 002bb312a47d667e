/** The few commands the shell itself gives the service: the same contract and the same door as everyone's. */
import type { CallInputOf, CommandName, OutputOf } from '../../shared/api/contract.ts';
import { contract } from '../../shared/api/contract.ts';
import type { ServiceSession } from './service-channel.ts';

export type ServiceCall = <N extends CommandName>(name: N, input: CallInputOf<N>) => Promise<OutputOf<N>>;

export function makeServiceCall(session: ServiceSession, fetch: typeof globalThis.fetch): ServiceCall {
  return async (name, input) => {
    const { method, path, output } = contract[name];
    const given: Record<string, unknown> = { ...input };
    const filled = path.replace(/:(\w+)/g, (_, key: string) => {
      const value = encodeURIComponent(String(given[key]));
      delete given[key];
      return value;
    });
    const inQuery = method === 'GET' || method === 'DELETE';
    const query = inQuery ? new URLSearchParams(Object.entries(given).map(([key, value]): [string, string] => [key, String(value)])).toString() : '';
    const answer = await fetch(`${session.address}/api/v1${filled}${query === '' ? '' : `?${query}`}`, {
      method,
      headers: { authorization: `Bearer ${session.token}`, ...(inQuery ? {} : { 'content-type': 'application/json' }) },
      ...(inQuery ? {} : { body: JSON.stringify(given) }),
      // A redirect would carry the bearer elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(15_000),
    });
    if (!answer.ok) throw new Error(`${name} was answered with ${answer.status}`);
    return output.parse(await answer.json()) as OutputOf<typeof name>;
  };
}

/** A bearer of its own for the window, so that the data dir's token never enters a page. */
export async function openWindowSession(session: ServiceSession, call: ServiceCall): Promise<ServiceSession> {
  const { code } = await call('makeCode', {});
  const { token } = await call('exchangeCode', { code });
  return { address: session.address, token };
}
