/** Share links: one file, or one folder to look into or to put files into, for whoever has the link, until it ends. Every use is noted. */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingFile, OutgoingFile } from '../../shared/api/contract-row.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import { createNamedTurns } from '../base/named-turns.ts';
import type { Files } from './files.ts';
import type { Links } from './links.ts';
import type { FileRecord, ShareRecord, ShareRecords, ShareUse } from './ports.ts';
import { folderPath, resolve } from './resolver.ts';

export interface ShareDeps {
  readonly records: ShareRecords;
  readonly files: Files;
  readonly links: Links;
  readonly clock: Clock;
  /** Passwords of links are kept like those of accounts (X15). */
  readonly passwords: { hash(password: string): Promise<string>; matches(password: string, hashed: string | null): Promise<boolean> };
  /** Whether whose link it is may still come in themselves. */
  readonly isWelcome: (userId: number) => Promise<boolean>;
}
export interface ShareWish {
  readonly fileId: number | null;
  readonly folder: string | null;
  readonly mode: 'view' | 'upload';
  readonly password: string | null;
  readonly expiresAt: string | null;
  readonly mostDownloads: number | null;
}
/** Who comes with a link, and what they have shown. */
export interface Visitor {
  readonly token: string;
  readonly grant: string | undefined;
  readonly address: string;
}
export interface SharedFile {
  /** Below the shared folder. */
  readonly path: string;
  readonly file: FileRecord;
}

/** A player asks for a film in hundreds of pieces: within the hour that is one look. */
const sameLookMs = 3_600_000;
const mostNoted = 300;
const mostShares = 1000;
const wrongPassword = 'wrong password';
/** Four signs are soon tried through: so many wrong ones, of an address and of all, and the link waits. */
const guessing = { windowMs: 15 * 60_000, perAddress: 10, ofAll: 50 } as const;

export class Shares {
  /** Tries under way: a thousand at once must not all be the first. */
  readonly #guesses = createNamedTurns();
  readonly #deps: ShareDeps;
  constructor(deps: ShareDeps) {
    this.#deps = deps;
  }

  /** The token is told once; only its hash is kept. */
  async make(userId: number, wish: ShareWish): Promise<{ readonly share: ShareRecord; readonly token: string }> {
    const { records, files, clock, passwords } = this.#deps;
    if ((wish.fileId === null) === (wish.folder === null)) throw new AppError('bad_request', { detail: 'a link is to a file or to a folder' });
    if (wish.fileId !== null) await files.own(userId, wish.fileId);
    if (wish.fileId !== null && wish.mode === 'upload') throw new AppError('bad_request', { detail: 'files are put into a folder, not into a file' });
    const folder = wish.folder === null ? null : folderPath(userId, wish.folder);
    const at = isoAt(clock.nowMs());
    if (wish.expiresAt !== null && wish.expiresAt <= at) throw new AppError('bad_request', { detail: 'that time is over already' });
    // More would be in no list, and could never be taken back.
    if ((await records.countShares(userId)) >= mostShares) throw new AppError('limit_reached', { count: mostShares, what: 'links' });
    const token = randomBytes(24).toString('base64url');
    const hashedPassword = wish.password === null ? null : await passwords.hash(wish.password);
    const share = await records.addShare({ userId, tokenHash: hashOf(token), fileId: wish.fileId, folder, mode: wish.mode, hashedPassword, expiresAt: wish.expiresAt, mostDownloads: wish.mostDownloads, createdAt: at });
    return { share, token };
  }
  list(userId: number): Promise<readonly ShareRecord[]> {
    return this.#deps.records.sharesOf(userId);
  }
  async remove(userId: number, shareId: number): Promise<void> {
    if (!(await this.#deps.records.removeShare(userId, shareId))) throw new AppError('not_found', { what: 'link' });
  }
  async uses(userId: number, shareId: number): Promise<readonly ShareUse[]> {
    if (!(await this.list(userId)).some((share) => share.id === shareId)) throw new AppError('not_found', { what: 'link' });
    return this.#deps.records.usesOf(shareId);
  }

  /** A proof for a while that the password was known. */
  async unlock(visitor: Visitor, password: string): Promise<string> {
    const share = await this.#find(visitor.token);
    return this.#guesses.take(String(share.id), async () => {
      await this.#refuseGuessing(share, visitor);
      const isRight = await this.#deps.passwords.matches(password, share.hashedPassword);
      await this.#note(share, visitor, isRight ? 'unlock' : wrongPassword);
      if (!isRight) throw new AppError('share_locked');
      return this.#deps.links.signGrant(share.id);
    });
  }
  /** Also the first look needs the password, where there is one (X6). */
  async look(visitor: Visitor): Promise<{ readonly share: ShareRecord; readonly file: FileRecord | null }> {
    const share = await this.#enter(visitor);
    return { share, file: share.fileId === null ? null : await this.#fileOf(share) };
  }

  async files(visitor: Visitor, page: { readonly cursor: string | undefined; readonly limit: number }): Promise<{ readonly files: readonly SharedFile[]; readonly nextCursor: string | null }> {
    const share = await this.#enter(visitor);
    if (share.mode === 'upload') throw new AppError('forbidden');
    if (share.folder === null) return { files: [{ path: '', file: await this.#fileOf(share) }], nextCursor: null };
    const { folder } = share;
    const found = await this.#deps.files.list({ userId: share.userId, below: folder }, { sort: 'name', ...page });
    return { files: found.files.map((file) => ({ file, path: [file.folder, file.filename].filter((part) => part !== '').join('/').slice(folder === '' ? 0 : folder.length + 1) })), nextCursor: found.nextCursor };
  }

  async download(visitor: Visitor, path: string | undefined): Promise<OutgoingFile> {
    const share = await this.#enter(visitor);
    if (share.mode === 'upload') throw new AppError('forbidden');
    const file = share.fileId !== null ? await this.#fileOf(share) : await this.#inside(share, path ?? '');
    const outgoing = await this.#deps.files.open(share.userId, file.id);
    const what = `download ${file.filename}`.slice(0, mostNoted);
    if (share.mostDownloads === null && (await this.#usesSince(share, what, sameLookMs)).of(visitor.address) > 0) return outgoing;
    if (!(await this.#deps.records.countDownload(share.id))) throw gone();
    await this.#note(share, visitor, what);
    return outgoing;
  }

  async upload(visitor: Visitor, file: IncomingFile): Promise<FileRecord> {
    const { userId, folder, shareId } = await this.uploadPlace(visitor);
    // The form may name a folder; where a link leads is not for its visitor to say (X1).
    const stored = await this.#deps.files.upload(userId, folder, { ...file, rest: async () => { await file.rest(); return {}; } });
    await this.noteUpload(shareId, visitor.address, stored.filename);
    return stored;
  }

  /** Where an upload by this link goes. */
  async uploadPlace(visitor: Visitor): Promise<{ readonly userId: number; readonly folder: string; readonly shareId: number }> {
    const share = await this.#enter(visitor);
    if (share.mode !== 'upload' || share.folder === null) throw new AppError('forbidden');
    return { userId: share.userId, folder: share.folder, shareId: share.id };
  }
  /** For one that has begun: its own number is known to whoever began it alone, and a grant ends long before a large file has come. */
  async takesFiles(visitor: Visitor): Promise<number> {
    const share = await this.#find(visitor.token);
    if (share.mode !== 'upload') throw new AppError('forbidden');
    return share.id;
  }
  /** An upload by a link has come to its end. */
  async noteUpload(shareId: number, address: string, filename: string): Promise<void> {
    await this.#deps.records.noteUse({ shareId, at: isoAt(this.#deps.clock.nowMs()), address, what: `upload ${filename}`.slice(0, mostNoted) });
  }

  /** Unknown, ended, used up and taken back all look the same. */
  async #find(token: string): Promise<ShareRecord> {
    const { records, clock } = this.#deps;
    const share = await records.share(hashOf(token));
    if (share === null || (share.expiresAt !== null && share.expiresAt <= isoAt(clock.nowMs()))) throw gone();
    if (share.mostDownloads !== null && share.downloads >= share.mostDownloads) throw gone();
    if (!(await this.#deps.isWelcome(share.userId))) throw gone();
    return share;
  }
  async #enter(visitor: Visitor): Promise<ShareRecord> {
    const share = await this.#find(visitor.token);
    if (share.hashedPassword !== null && this.#deps.links.readGrant(visitor.grant ?? '') !== share.id) throw new AppError('share_locked');
    return share;
  }
  async #fileOf(share: ShareRecord): Promise<FileRecord> {
    return this.#deps.files.own(share.userId, share.fileId ?? 0);
  }
  /** A path is read below the shared folder alone: no part of it may lead up (X1, X2). */
  async #inside(share: ShareRecord, path: string): Promise<FileRecord> {
    const folder = share.folder ?? '';
    const own = resolve(share.userId, path);
    const whole = own.ok ? resolve(share.userId, folder === '' ? own.path : `${folder}/${own.path}`) : own;
    if (!whole.ok) throw new AppError('bad_request', { detail: whole.detail });
    const file = await this.#deps.files.named(share.userId, whole.path);
    if (file === null) throw new AppError('not_found', { what: 'file' });
    return file;
  }
  #note(share: ShareRecord, visitor: Visitor, what: string): Promise<void> {
    return this.#deps.records.noteUse({ shareId: share.id, at: isoAt(this.#deps.clock.nowMs()), address: visitor.address, what: what.slice(0, mostNoted) });
  }
  #usesSince(share: ShareRecord, what: string, withinMs: number): ReturnType<ShareRecords['countUses']> {
    return this.#deps.records.countUses(share.id, what, isoAt(this.#deps.clock.nowMs() - withinMs));
  }
  async #refuseGuessing(share: ShareRecord, visitor: Visitor): Promise<void> {
    const wrong = await this.#usesSince(share, wrongPassword, guessing.windowMs);
    if (wrong.all < guessing.ofAll && wrong.of(visitor.address) < guessing.perAddress) return;
    throw new AppError('too_many_tries', { minutes: guessing.windowMs / 60_000, seconds: guessing.windowMs / 1000 });
  }
}

function gone(): AppError {
  return new AppError('not_found', { what: 'link' });
}
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
