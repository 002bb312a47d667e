/** A worker of `npm run simulate`: plays the seeds it is told and answers with what was seen and what that cost. */
import { parentPort } from 'node:worker_threads';
import { checkPairs, type StatesSeen } from '../exhaustive/check-states.ts';
import { playSeeds, type BatchSeen } from './batch.ts';

/** Seeds to play, or states of pairs of names to try: all between two numbers. */
export type Order = { readonly what: 'seeds'; readonly from: number; readonly count: number } | { readonly what: 'states'; readonly from: number; readonly until: number };
export type Report = ({ readonly what: 'seeds' } & BatchSeen & { readonly cpuSeconds: number }) | ({ readonly what: 'states' } & StatesSeen & { readonly cpuSeconds: number });

parentPort?.on('message', (order: Order) => {
  const begun = process.threadCpuUsage();
  const answer = (report: Report): void => {
    const { user, system } = process.threadCpuUsage(begun);
    parentPort?.postMessage({ ...report, cpuSeconds: (user + system) / 1e6 });
  };
  if (order.what === 'seeds') void playSeeds(order.from, order.count).then((seen) => answer({ what: 'seeds', ...seen, cpuSeconds: 0 }));
  else {
    const seen: StatesSeen = { cases: 0, failures: [] };
    checkPairs(order.from, 1, seen, order.until);
    answer({ what: 'states', ...seen, cpuSeconds: 0 });
  }
});
