/** The service as Electron runs it: a utility process on the bundle, its output kept for the report. */
import type { Needs } from './electron-module.ts';
import type { ServiceProcess } from './service-supervisor.ts';

export function forkService({ utilityProcess }: Needs<'utilityProcess'>, file: string, args: readonly string[], env: NodeJS.ProcessEnv): ServiceProcess {
  const child = utilityProcess.fork(file, [...args], { serviceName: 'Strata service', stdio: 'pipe', env });
  return {
    postMessage: (message) => child.postMessage(message),
    kill: () => child.kill(),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', listener),
    onOutput: (listener) => {
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => listener(chunk.toString('utf8')));
    },
  };
}
