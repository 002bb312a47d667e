/** What the service and the shell that started it tell each other; over this channel alone the shell learns the address (rule 41). */
import { z } from 'zod';

/** Exactly `http://127.0.0.1:PORT`: never a name, which can be someone else. */
const address = z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/);

export const fromService = z.discriminatedUnion('type', [
  /** `owner` is false when another process holds the data dir and this one only proved it (rule 40). */
  z.object({ type: z.literal('ready'), address, token: z.string().min(16).max(512), owner: z.boolean().default(true) }),
  /** It could not run; the sentence is shown. */
  z.object({ type: z.literal('failed'), text: z.string() }),
]);
export type FromService = z.output<typeof fromService>;
/** Ends the service cleanly, like SIGTERM. */
export interface ToService { readonly type: 'stop' }
export interface ServiceSession { readonly address: string; readonly token: string }

export function readFromService(message: unknown): FromService | null {
  const read = fromService.safeParse(message);
  return read.success ? read.data : null;
}
