/** Signed links to one file for 15 to 16 minutes (`access_url`): HMAC, because a list signs a thousand of them at once. */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import { dropOldest } from '../base/drop-oldest.ts';
import type { Clock } from '../base/clock.ts';

export const linkLifetimeMs = 15 * 60_000;
const keyName = 'hub-link-key';
/** Some 120 bytes each. */
const mostSigned = 10_000;

export interface Links {
  sign(userId: number, fileId: number): string;
  /** Null where it is not ours, altered or too old. */
  read(link: string): { readonly userId: number; readonly fileId: number } | null;
  /** A whole folder of somebody, to be packed. */
  signFolder(userId: number, folder: string): string;
  readFolder(link: string): { readonly userId: number; readonly folder: string } | null;
  /** For whoever has shown the password of a share. */
  signGrant(shareId: number): string;
  readGrant(grant: string): number | null;
}

export async function openLinks(deps: { readonly shelf: { get(name: string): Promise<string | null>; set(name: string, value: string): Promise<void> }; readonly clock: Clock }): Promise<Links> {
  let kept = await deps.shelf.get(keyName);
  if (kept === null) {
    kept = randomBytes(32).toString('base64url');
    await deps.shelf.set(keyName, kept);
  }
  // Made into a key once: Node does that anew for every mark otherwise, which costs six times the mark itself.
  const key = createSecretKey(kept, 'base64url');
  const mark = (text: string): Buffer => createHmac('sha256', key).update(`file-link ${text}`).digest();
  const until = (): number => Math.floor((deps.clock.nowMs() + linkLifetimeMs) / 1000);
  /** To the next full minute, so that a list that is shown again signs nothing anew. */
  const untilMinute = (): number => Math.ceil((deps.clock.nowMs() + linkLifetimeMs) / 60_000) * 60;
  const signed = new Map<string, string>();
  const signFile = (text: string): string => {
    const known = signed.get(text);
    if (known !== undefined) return known;
    const link = `${text}.${mark(text).toString('base64url')}`;
    signed.set(text, link);
    dropOldest(signed, mostSigned);
    return link;
  };
  /** The last sign of base64url has bits to spare: only the one spelling counts. */
  const isMark = (given: string, expected: Buffer): boolean => {
    const bytes = Buffer.from(given, 'base64url');
    return bytes.length === expected.length && timingSafeEqual(bytes, expected) && bytes.toString('base64url') === given;
  };
  const isOver = (seconds: string | undefined): boolean => Number(seconds) * 1000 <= deps.clock.nowMs();
  return {
    sign: (userId, fileId) => signFile(`${userId}.${fileId}.${untilMinute()}`),
    read: (link) => {
      const match = /^(([1-9]\d{0,15})\.([1-9]\d{0,15})\.(\d{1,12}))\.([\w-]{43})$/.exec(link);
      if (match === null) return null;
      const [, text = '', userId, fileId, untilSeconds, given = ''] = match;
      if (!isMark(given, mark(text)) || isOver(untilSeconds)) return null;
      return { userId: Number(userId), fileId: Number(fileId) };
    },
    signFolder: (userId, folder) => {
      const text = `zip.${userId}.${Buffer.from(folder).toString('base64url')}.${until()}`;
      return `${text}.${mark(text).toString('base64url')}`;
    },
    readFolder: (link) => {
      const match = /^(zip\.([1-9]\d{0,15})\.([\w-]{0,1300})\.(\d{1,12}))\.([\w-]{43})$/.exec(link);
      if (match === null || !isMark(match[5] ?? '', mark(match[1] ?? '')) || isOver(match[4])) return null;
      return { userId: Number(match[2]), folder: Buffer.from(match[3] ?? '', 'base64url').toString() };
    },
    signGrant: (shareId) => {
      const text = `share.${shareId}.${until()}`;
      return `${text}.${mark(text).toString('base64url')}`;
    },
    readGrant: (grant) => {
      const match = /^(share\.([1-9]\d{0,15})\.(\d{1,12}))\.([\w-]{43})$/.exec(grant);
      if (match === null || !isMark(match[4] ?? '', mark(match[1] ?? '')) || isOver(match[3])) return null;
      return Number(match[2]);
    },
  };
}
