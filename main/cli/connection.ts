/** What a command talks to: the service that holds the data dir, or a core of its own when nobody does (rule 40). */
import type { z } from 'zod';
import { contract, type CallInputOf, type InputOf, type OutputOf, type Status } from '../../shared/api/contract.ts';
import type { ComposeCore, Core } from '../app/core.ts';
import type { Caller, CoreCommand } from '../app/handlers.ts';
import { AppError } from '../base/app-error.ts';
import { systemClock } from '../base/clock.ts';
import { closeInTime, openService, type Service } from '../service.ts';
import { findProvedService, type ServiceClient } from './service-client.ts';

export interface Connection {
  /** True: we hold the data dir, and nothing syncs unless we say so. */
  readonly isOwner: boolean;
  call<N extends CoreCommand>(name: N, input: CallInputOf<N>): Promise<OutputOf<N>>;
  startSync(): Promise<void>;
  /** Tells the status now and whenever it changes, until the signal ends it. */
  follow(tell: (status: Status) => void, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
export interface ConnectOptions {
  readonly dataDir: string;
  /** For commands that take long: others then reach us meanwhile. Null for the quick ones. */
  readonly port: number | null;
  readonly env: NodeJS.ProcessEnv;
  readonly deviceName?: string | undefined;
  readonly onStop?: () => void;
  readonly compose?: ComposeCore | undefined;
}
/** A quick command of somebody else may hold the lock for a moment without a door. */
const waitForOwnerMs = 60_000;
const owner: Caller = { who: 'owner', sessionId: 'command-line' };

export async function connect(options: ConnectOptions): Promise<Connection> {
  const startedMs = systemClock.monotonicMs();
  const { compose, ...rest } = options;
  for (;;) {
    const service = await openService(compose === undefined ? rest : { ...rest, compose });
    if (service !== null) return ownConnection(service);
    const client = await findProvedService(options.dataDir);
    if (client !== null) return clientConnection(client);
    if (systemClock.monotonicMs() - startedMs > waitForOwnerMs) throw new AppError('data_dir_in_use');
    await systemClock.sleep(100);
  }
}

function ownConnection(service: Service): Connection {
  const { core } = service;
  return {
    isOwner: true,
    call: (name, input) => callCore(core, name, input),
    startSync: async () => core.startSync(),
    follow: async (tell, signal) => {
      const leave = core.bus.subscribe((envelope) => {
        if (envelope.name === 'status') tell(envelope.data as Status);
      });
      tell(await callCore(core, 'readStatus', {}));
      await untilAborted(signal);
      leave();
    },
    close: () => closeInTime(service),
  };
}

/** The same parsing as at the door, so that defaults are filled and a mistake of ours is seen. */
async function callCore<N extends CoreCommand>(core: Core, name: N, input: CallInputOf<N>): Promise<OutputOf<N>> {
  const schema: z.ZodType = contract[name].input;
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new AppError('bad_request', { detail: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') });
  return core.handlers[name](parsed.data as InputOf<N>, owner);
}

function clientConnection(client: ServiceClient): Connection {
  return {
    isOwner: false,
    call: (name, input) => client.call(name, input),
    startSync: async () => undefined,
    follow: async (tell, signal) => {
      while (!signal.aborted) {
        tell(await client.call('readStatus', {}));
        await systemClock.sleep(1_000, signal);
      }
    },
    close: async () => undefined,
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
