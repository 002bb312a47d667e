/** What one command of the contract is: method, path, who may, what goes in and comes out, and how it travels where that is not plain JSON. */
import { z } from 'zod';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/**
 * `anyone` needs no session; `session` is this computer's owner by any of their bearers, `owner` the same for what changes things.
 * The others are accounts of the hub: `reader` any of them, `writer` all but guests, `admin` owner and admins (and this computer's owner).
 */
export type Who = 'anyone' | 'session' | 'owner' | 'reader' | 'writer' | 'admin';
export interface RowExtras {
  /** 200 where nothing else is said. */
  readonly status?: 201 | 202;
  /** Instead of JSON: a form with a file in it, streamed, or a step of a resumable upload (tus). */
  readonly form?: 'multipart' | 'tus';
  /** The answer is a file's bytes (Range and conditions apply), or a stream that is made as it goes, not JSON. */
  readonly answer?: 'bytes' | 'stream';
  /** Which limit of tries it counts against, besides the one of all requests. */
  readonly limit?: 'signUp';
}
export interface CommandRow<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly method: Method;
  readonly path: string;
  readonly who: Who;
  readonly says: string;
  readonly input: I;
  readonly output: O;
  readonly extras: RowExtras;
}
export const row = <I extends z.ZodType, O extends z.ZodType>(method: Method, path: string, who: Who, says: string, input: I, output: O, extras: RowExtras = {}): CommandRow<I, O> => ({ method, path, who, says, input, output, extras });

/** One file of a form on its way in; read once, to its end. */
export interface IncomingFile {
  readonly filename: string;
  /** What the form claims about the type: never believed, only kept where the bytes say nothing. */
  readonly claimedType: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What else the form holds after the file; only once the file was read to its end. */
  readonly rest: () => Promise<Readonly<Record<string, string>>>;
}
/** A file on its way out. */
export interface OutgoingFile {
  readonly filename: string;
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly etag: string;
  readonly changedAtMs: number;
  /** Of exactly the version described here; both ends inclusive, null is the whole. */
  readonly read: (range: { readonly start: number; readonly end: number } | null) => AsyncIterable<Uint8Array>;
}
/** What is made while it is sent: neither size nor version are known before. */
export interface OutgoingStream {
  readonly filename: string;
  readonly contentType: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}
/** JSON holds no functions, so neither can be made by whoever calls over a socket. */
export const incomingFile = z.custom<IncomingFile>((value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in ((value as { chunks?: object }).chunks ?? {}), 'the form needs a field "file" with a file in it');
export const outgoingFile = z.custom<OutgoingFile>((value) => typeof (value as { read?: unknown } | null)?.read === 'function');
export const outgoingStream = z.custom<OutgoingStream>((value) => Symbol.asyncIterator in ((value as { chunks?: object } | null)?.chunks ?? {}));
