/** Signed links to one file for 15 minutes (`access_url`): HMAC, because a list signs a thousand of them at once. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../base/clock.ts';

export const linkLifetimeMs = 15 * 60_000;
const keyName = 'hub-link-key';

export interface Links {
  sign(userId: number, fileId: number): string;
  /** Null where it is not ours, altered or too old. */
  read(link: string): { readonly userId: number; readonly fileId: number } | null;
}

export async function openLinks(deps: { readonly shelf: { get(name: string): Promise<string | null>; set(name: string, value: string): Promise<void> }; readonly clock: Clock }): Promise<Links> {
  let kept = await deps.shelf.get(keyName);
  if (kept === null) {
    kept = randomBytes(32).toString('base64url');
    await deps.shelf.set(keyName, kept);
  }
  const key = Buffer.from(kept, 'base64url');
  const mark = (text: string): Buffer => createHmac('sha256', key).update(`file-link ${text}`).digest();
  return {
    sign: (userId, fileId) => {
      const text = `${userId}.${fileId}.${Math.floor((deps.clock.nowMs() + linkLifetimeMs) / 1000)}`;
      return `${text}.${mark(text).toString('base64url')}`;
    },
    read: (link) => {
      const match = /^(([1-9]\d{0,15})\.([1-9]\d{0,15})\.(\d{1,12}))\.([\w-]{43})$/.exec(link);
      if (match === null) return null;
      const [, text = '', userId, fileId, untilSeconds, given = ''] = match;
      const bytes = Buffer.from(given, 'base64url');
      const expected = mark(text);
      if (bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) return null;
      // The last sign of base64url has bits to spare: only the one spelling counts.
      if (bytes.toString('base64url') !== given || Number(untilSeconds) * 1000 <= deps.clock.nowMs()) return null;
      return { userId: Number(userId), fileId: Number(fileId) };
    },
  };
}
