/** A worker of `npm run simulate`: plays the seeds it is told and answers with what was seen and what that cost. */
import { parentPort } from 'node:worker_threads';
import { playSeeds, type BatchSeen } from './batch.ts';

export interface Order {
  readonly from: number;
  readonly count: number;
}
export interface Report extends BatchSeen {
  readonly cpuSeconds: number;
}
parentPort?.on('message', (order: Order) => {
  const begun = process.threadCpuUsage();
  void playSeeds(order.from, order.count).then((seen) => {
    const { user, system } = process.threadCpuUsage(begun);
    parentPort?.postMessage({ ...seen, cpuSeconds: (user + system) / 1e6 } satisfies Report);
  });
});
