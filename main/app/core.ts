/** What the door, the service and the command line need of the whole app: made by `composeCore` in main/compose.ts. */
import type { z } from 'zod';
import type { clientMessages } from '../../shared/api/events.ts';
import type { AppLogger } from '../base/logger.ts';
import type { EventBus } from './event-bus.ts';
import type { Handlers } from './handlers.ts';
import type { HubDoor } from './hub-door.ts';

/** Both ends inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}
export interface ContentFacts {
  /** The last part of the path: what a download is called. */
  readonly name: string;
  readonly sizeBytes: number;
  /** By extension or metadata; the door decides what of it is shown inline. */
  readonly contentType: string;
  /** Changes with the content; opaque, without quotes. */
  readonly etag: string;
}
/** Bytes of one entry, from the disk when they are there, else from the place. Throws `AppError` (`not_found`, `object_archived`, …). */
export interface ContentSource {
  look(rootId: string, key: string): Promise<ContentFacts>;
  /** Of exactly the version `look` told of; throws `object_changed` (or `file_changed`) otherwise. Ends its sources when the consumer stops early. */
  read(rootId: string, key: string, etag: string, range: ByteRange | null): AsyncIterable<Uint8Array>;
}
export type WatchedRanks = z.output<(typeof clientMessages)['watchView']>;

export interface Core {
  readonly handlers: Handlers;
  readonly bus: EventBus;
  readonly content: ContentSource;
  /** Null (or not there) where nothing is shared; it may change while Strata runs. */
  readonly hub?: () => HubDoor | null;
  /** Whoever serves the hub is told of another one, or none, before the old one is closed; what it throws is told to the owner. */
  readonly onHubChange?: (call: () => Promise<void>) => void;
  /** Nothing is synced before this: `status` or `ls` on an idle data dir must move no byte. */
  startSync(): Promise<void> | void;
  /** Which rows a client shows now; null when it is gone. */
  watchView(clientId: string, view: WatchedRanks | null): void;
  /** Finishes or abandons what is running (the journal clears up later) and closes everything, within 4 seconds. */
  close(): Promise<void>;
}
export interface CoreOptions {
  readonly dataDir: string;
  readonly deviceName?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly logger: AppLogger;
}
/** The caller holds the owner lock of `dataDir` (rule 40): only its holder migrates. */
export type ComposeCore = (options: CoreOptions) => Promise<Core>;
