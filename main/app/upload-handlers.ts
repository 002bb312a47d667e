/** The commands of resumable uploads, for members and for whoever has a link that takes files. */
import { AppError } from '../base/app-error.ts';
import { isoAt } from '../base/iso-time.ts';
import type { UploadRecord } from '../library/ports.ts';
import { uploadLifetimeMs, type Resumable, type UploadHolder } from '../library/resumable.ts';
import type { Shares } from '../library/shares.ts';
import type { Caller, Handlers } from './handlers.ts';

export type UploadCommand = 'startUpload' | 'listUploads' | 'readUpload' | 'lookAtUpload' | 'sendUpload' | 'endUpload';
export type SharedUploadCommand = 'startSharedUpload' | 'readSharedUpload' | 'lookAtSharedUpload' | 'sendSharedUpload' | 'endSharedUpload';
const ended = { message: 'The upload was given up.' };

export function uploadHandlers(uploads: Resumable): Pick<Handlers, UploadCommand> {
  return {
    startUpload: async ({ size, filename, folder, modified }, caller) => told(await uploads.start({ userId: holderOf(caller).userId, shareId: null, address: caller.from?.address ?? '', folder, filename, sizeBytes: size, modifiedMs: modified ?? null })),
    listUploads: async (_, caller) => ({ uploads: (await uploads.openOf(holderOf(caller).userId)).map(told) }),
    readUpload: async ({ upload_id }, caller) => told(await uploads.read(holderOf(caller), upload_id)),
    lookAtUpload: async ({ upload_id }, caller) => told(await uploads.look(holderOf(caller), upload_id)),
    sendUpload: async ({ upload_id, ...piece }, caller) => told(await uploads.send(holderOf(caller), upload_id, piece)),
    endUpload: async ({ upload_id }, caller) => {
      await uploads.end(holderOf(caller), upload_id);
      return ended;
    },
  };
}

export function sharedUploadHandlers(uploads: Resumable, shares: Shares): Pick<Handlers, SharedUploadCommand> {
  const holder = async (token: string, caller: Caller): Promise<UploadHolder> => ({ kind: 'link', shareId: await shares.takesFiles({ token, grant: undefined, address: caller.from?.address ?? '' }) });
  return {
    startSharedUpload: async ({ token, grant, size, filename, modified }, caller) => {
      const address = caller.from?.address ?? '';
      const place = await shares.uploadPlace({ token, grant, address });
      return visited(await uploads.start({ ...place, address, filename, sizeBytes: size, modifiedMs: modified ?? null }));
    },
    readSharedUpload: async ({ token, upload_id }, caller) => visited(await uploads.read(await holder(token, caller), upload_id)),
    lookAtSharedUpload: async ({ token, upload_id }, caller) => visited(await uploads.look(await holder(token, caller), upload_id)),
    sendSharedUpload: async ({ token, upload_id, ...piece }, caller) => visited(await uploads.send(await holder(token, caller), upload_id, piece)),
    endSharedUpload: async ({ token, upload_id }, caller) => {
      await uploads.end(await holder(token, caller), upload_id);
      return ended;
    },
  };
}

function visited(upload: UploadRecord) {
  return {
    upload_id: upload.id, filename: upload.filename, state: upload.state, offset: upload.receivedBytes, size: upload.sizeBytes, modified: upload.modifiedMs, expires_at: isoAt(Date.parse(upload.touchedAt) + uploadLifetimeMs),
    error_code: upload.errorCode, detail: upload.detail,
  };
}
function told(upload: UploadRecord) {
  return { ...visited(upload), folder: upload.folder, file_id: upload.fileId };
}
function holderOf(caller: Caller): Extract<UploadHolder, { kind: 'member' }> {
  if (caller.user === undefined) throw new AppError('forbidden');
  return { kind: 'member', userId: caller.user.id };
}
