/** The commands about share links, for members and for whoever has a link. */
import { AppError } from '../base/app-error.ts';
import type { ShareRecord } from '../library/ports.ts';
import type { Shares, Visitor } from '../library/shares.ts';
import type { Caller, Handlers } from './handlers.ts';

export type ShareCommand = 'makeShare' | 'listShares' | 'removeShare' | 'listShareUses' | 'readShare' | 'unlockShare' | 'listShared' | 'downloadShared' | 'uploadShared';

export function shareHandlers(shares: Shares): Pick<Handlers, ShareCommand> {
  return {
    makeShare: async (input, caller) => {
      const { share, token } = await shares.make(idOf(caller), {
        fileId: input.file_id ?? null, folder: input.folder ?? null, mode: input.mode, password: input.password ?? null,
        expiresAt: input.expires_at === undefined ? null : new Date(input.expires_at).toISOString(), mostDownloads: input.most_downloads ?? null,
      });
      return { ...told(share), token, url: `${caller.from?.baseUrl ?? ''}/api/files/public/${token}` };
    },
    listShares: async (_, caller) => ({ shares: (await shares.list(idOf(caller))).map(told) }),
    removeShare: async ({ share_id }, caller) => {
      await shares.remove(idOf(caller), share_id);
      return { message: 'The link leads nowhere now.' };
    },
    listShareUses: async ({ share_id }, caller) => ({ uses: [...(await shares.uses(idOf(caller), share_id))] }),
    readShare: async (input, caller) => {
      const { share, file } = await shares.look(visitorOf(input, caller));
      return {
        kind: share.fileId === null ? 'folder' : 'file', mode: share.mode, name: file?.filename ?? share.folder?.split('/').at(-1) ?? '',
        file_size: file?.sizeBytes ?? null, content_type: file?.contentType ?? null, expires_at: share.expiresAt,
        // Where downloads are counted, looking would use them up.
        may_preview: share.mode === 'view' && share.mostDownloads === null,
      };
    },
    unlockShare: async ({ token, password }, caller) => ({ grant: await shares.unlock(visitorOf({ token }, caller), password), expires_in: 900 }),
    listShared: async ({ token, grant, cursor, limit }, caller) => {
      const found = await shares.files(visitorOf({ token, grant }, caller), { cursor, limit });
      return { files: found.files.map(({ path, file }) => ({ path, filename: file.filename, file_size: file.sizeBytes, content_type: file.contentType, uploaded_at: file.uploadedAt })), next_cursor: found.nextCursor };
    },
    downloadShared: (input, caller) => shares.download(visitorOf(input, caller), input.path),
    uploadShared: async (input, caller) => {
      const file = await shares.upload(visitorOf(input, caller), input.file);
      return { filename: file.filename, file_size: file.sizeBytes, uploaded_at: file.uploadedAt };
    },
  };
}

function told(share: ShareRecord) {
  return { id: share.id, file_id: share.fileId, folder: share.folder, mode: share.mode, has_password: share.hashedPassword !== null, expires_at: share.expiresAt, most_downloads: share.mostDownloads, downloads: share.downloads, created_at: share.createdAt };
}
function visitorOf(input: { readonly token: string; readonly grant?: string | undefined }, caller: Caller): Visitor {
  return { token: input.token, grant: input.grant, address: caller.from?.address ?? '' };
}
function idOf(caller: Caller): number {
  if (caller.user === undefined) throw new AppError('forbidden');
  return caller.user.id;
}
