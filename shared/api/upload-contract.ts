/** The commands of resumable uploads: each step of the tus protocol is one of them, so that the same checks hold as for all others. */
import { z } from 'zod';
import { row } from './contract-row.ts';

const text = (most: number) => z.string().max(most).refine((value) => !value.includes('\0'), 'it holds a NUL character');
const upload_id = z.string().regex(/^[\w-]{32}$/, 'is not the number of an upload');
const token = z.string().regex(/^[\w-]{32}$/);
const grant = z.string().max(200).optional();
/** More than any store takes as one object would only fail at the end. */
const size = z.coerce.number().int().nonnegative().max(5 * 1024 ** 4);
const offset = z.coerce.number().int().nonnegative();
const filename = text(1024).min(1);
/** When the file itself was last changed, in milliseconds since 1970: whoever goes on with an upload must have the very same one. */
const modified = z.coerce.number().int().nonnegative().max(8.64e15).optional();
/** JSON holds no streams, so whoever calls over a socket can't make one. */
const chunks = z.custom<AsyncIterable<Uint8Array>>((value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value, 'must be the bytes themselves');
/** What the bytes of one request must add up to, in hex. */
const checksum = z.object({ algorithm: z.enum(['sha256', 'sha1']), digest: z.string().regex(/^[\da-f]{40,64}$/) }).optional();
export const uploadSchema = z.object({
  upload_id: z.string(), filename: z.string(), folder: z.string(), state: z.enum(['receiving', 'finishing', 'stored', 'failed']),
  offset: z.number().int(), size: z.number().int(), modified: z.number().int().nullable(), expires_at: z.string(),
  /** Of what was stored, or why it wasn't. */
  file_id: z.number().int().nullable(), error_code: z.string().nullable(), detail: z.string().nullable(),
});
/** A visitor of a link learns nothing of the library behind it. */
const visitedSchema = uploadSchema.omit({ folder: true, file_id: true });
const done = z.object({ message: z.string() });

export const uploadContract = {
  startUpload: row('POST', '/uploads', 'writer', 'Begins a resumable upload (tus 1.0.0): `Upload-Length`, and in `Upload-Metadata` `filename`, perhaps `folder` and `modified` (milliseconds).', z.object({ size, filename, modified, folder: text(900).default('') }), uploadSchema, { status: 201, form: 'tus' }),
  listUploads: row('GET', '/uploads', 'reader', 'One’s own uploads that have not ended, newest first.', z.object({}).strict(), z.object({ uploads: z.array(uploadSchema) })),
  readUpload: row('GET', '/uploads/:upload_id', 'reader', 'How far an upload is, and what became of it.', z.object({ upload_id }), uploadSchema),
  lookAtUpload: row('HEAD', '/uploads/:upload_id', 'writer', 'Where an upload goes on: `Upload-Offset`.', z.object({ upload_id }), uploadSchema, { form: 'tus' }),
  sendUpload: row('PATCH', '/uploads/:upload_id', 'writer', 'The next bytes of an upload, from `Upload-Offset` on; checked against `Upload-Checksum` where it is given.', z.object({ upload_id, offset, checksum, chunks }), uploadSchema, { form: 'tus' }),
  endUpload: row('DELETE', '/uploads/:upload_id', 'writer', 'Gives an upload up; what has arrived of it is removed.', z.object({ upload_id }), done, { form: 'tus' }),
  startSharedUpload: row('POST', '/files/public/:token/uploads', 'anyone', 'Begins a resumable upload into the folder of a link that takes files.', z.object({ token, grant, size, filename, modified }), visitedSchema, { status: 201, form: 'tus' }),
  readSharedUpload: row('GET', '/files/public/:token/uploads/:upload_id', 'anyone', 'How far an upload by a link is, and what became of it.', z.object({ token, upload_id }), visitedSchema),
  lookAtSharedUpload: row('HEAD', '/files/public/:token/uploads/:upload_id', 'anyone', 'Where an upload by a link goes on.', z.object({ token, upload_id }), visitedSchema, { form: 'tus' }),
  sendSharedUpload: row('PATCH', '/files/public/:token/uploads/:upload_id', 'anyone', 'The next bytes of an upload by a link.', z.object({ token, upload_id, offset, checksum, chunks }), visitedSchema, { form: 'tus' }),
  endSharedUpload: row('DELETE', '/files/public/:token/uploads/:upload_id', 'anyone', 'Gives an upload by a link up.', z.object({ token, upload_id }), done, { form: 'tus' }),
} as const;
