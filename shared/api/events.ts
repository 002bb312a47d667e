/** Every event the service pushes over Socket.IO; after a gap in `seq` or a new `epoch` a client reads again (rule 45). */
import { z } from 'zod';
import { thawsSchema } from './thaw-contract.ts';
import { activityLineSchema, needsYouSchema, rowSchema, settingsSchema, statusSchema, transfersSchema } from './contract.ts';

export const events = {
  status: statusSchema,
  /** At most 4 a second. */
  transfers: transfersSchema,
  /** Ranks that must be read again; `rows` carries the visible ones where they are known. `count` is the new length. */
  viewChanged: z.object({ viewId: z.string(), count: z.number().int(), ranges: z.array(z.object({ from: z.number().int(), to: z.number().int() })), rows: z.array(rowSchema) }),
  activity: z.object({ lines: z.array(activityLineSchema) }),
  needsYou: needsYouSchema,
  settings: settingsSchema,
  /** What comes back from archives, the newest. */
  thaws: thawsSchema,
  /** One of the four kinds of notice (ui.md §2.6). */
  notice: z.object({ id: z.string(), kind: z.enum(['needsYou', 'backFromArchive', 'jobDone', 'unreachable']), title: z.string(), text: z.string(), gone: z.boolean() }),
} as const;

export type EventName = keyof typeof events;
export type EventOf<N extends EventName> = z.output<(typeof events)[N]>;
export interface EventEnvelope<N extends EventName = EventName> { readonly epoch: string; readonly seq: number; readonly name: N; readonly data: EventOf<N> }
/** What a client tells the service over the socket: which ranks it shows, so that only those are pushed. */
export const clientMessages = { watchView: z.object({ viewId: z.string(), from: z.number().int(), to: z.number().int() }) } as const;
