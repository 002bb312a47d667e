/** Shares orders among workers, one thread per core, and hands on each report as it comes. */
import { Worker } from 'node:worker_threads';
import type { Order, Report } from './worker.ts';

/** `nextOrder` is asked whenever a worker is free; null ends that worker. */
export async function runCrew(workers: number, nextOrder: () => Order | null, onReport: (report: Report) => void): Promise<void> {
  await Promise.all(Array.from({ length: workers }, () => new Promise<void>((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    const orderNext = (): void => {
      const order = nextOrder();
      if (order === null) worker.terminate().then(() => resolve(), reject);
      else worker.postMessage(order);
    };
    worker.on('error', reject);
    worker.on('message', (report: Report) => {
      onReport(report);
      orderNext();
    });
    orderNext();
  })));
}
