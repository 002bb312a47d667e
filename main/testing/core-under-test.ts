/** A core without an engine for tests of the command line and the service: it remembers what it was told and answers plausibly. */
import { contract, type CommandName, type OutputOf, type RootStatus, type Status } from '../../shared/api/contract.ts';
import type { ComposeCore, Core, CoreOptions } from '../app/core.ts';
import { EventBus } from '../app/event-bus.ts';
import type { Handlers } from '../app/handlers.ts';
import { MemoryContent } from './door-under-test.ts';

export interface CoreUnderTest {
  readonly compose: ComposeCore;
  readonly called: { readonly name: string; readonly input: unknown }[];
  readonly composed: CoreOptions[];
  readonly bus: EventBus;
  started: number;
  closed: number;
}

export const emptyStatus: Status = { headline: { kind: 'upToDate', text: 'Up to date', suffix: null }, needsYou: 0, progress: null, roots: [], nextTryAtMs: null, device: 'test' };

export function rootAt(folder: string): RootStatus {
  return {
    id: 'r1', name: 'Photos', folder, place: 'minio.home/photos', placeKind: 's3', libraryId: null, kind: 'upToDate', paused: false, pausedUntilMs: null,
    reason: null, progress: null, files: 3, bytes: 1500, waiting: 0, skipped: 0, failed: 0, conflicts: 0, held: 0, lastInStepAtMs: null,
  };
}
export const nothingSummary: OutputOf<'syncOnce'>['summary'] = { uploaded: 0, downloaded: 0, deleted: 0, moved: 0, conflicts: 0, failed: 0, held: 0, skipped: 0, bytesUp: 0, bytesDown: 0, requests: 0, ms: 0 };

export function coreUnderTest(handlers: Partial<Handlers> = {}): CoreUnderTest {
  const bus = new EventBus();
  const called: { name: string; input: unknown }[] = [];
  const remembered = Object.fromEntries((Object.keys(contract) as CommandName[]).map((name) => [name, (input: unknown, caller: never) => {
    called.push({ name, input });
    const given = (handlers as Record<string, ((input: unknown, caller: never) => unknown) | undefined>)[name];
    if (given !== undefined) return given(input, caller);
    return name === 'readStatus' ? emptyStatus : { undo: null };
  }])) as unknown as Handlers;
  const test: CoreUnderTest = {
    called, bus, composed: [], started: 0, closed: 0,
    compose: async (options): Promise<Core> => {
      test.composed.push(options);
      return {
        handlers: remembered, bus, content: new MemoryContent(), watchView: () => undefined,
        startSync: () => void (test.started += 1),
        close: async () => void (test.closed += 1),
      };
    },
  };
  return test;
}
