/** One id from a request to every log line and store call that it caused. */
import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string>();

export function withCorrelation<T>(id: string, work: () => T): T {
  return current.run(id, work);
}
export function correlationId(): string | undefined {
  return current.getStore();
}
