/** A hub's settings from the environment alone, by the names of `.env.example`; pure, and strict: a setting that can't be used stops the start with a sentence. */
import { z } from 'zod';
import { AppError } from '../base/app-error.ts';
import type { RequestLimits } from './hub-door.ts';

export interface HubSettings {
  readonly databaseUrl: string | null;
  readonly secretKey: string | null;
  readonly algorithm: 'RS256' | 'EdDSA' | 'HS256';
  readonly bearerMs: number;
  /** Null where the stores are a synced folder's. */
  readonly warm: { readonly endpoint: string; readonly region: string; readonly bucket: string; readonly accessKeyId: string; readonly secretAccessKey: string; /** Where clients reach it themselves; null gives every byte through the hub. */ readonly publicUrl: URL | null } | null;
  /** Where files move at midnight; null without `S3_BUCKET`. */
  readonly cold: { readonly endpoint: string; readonly region: string; readonly bucket: string; readonly accessKeyId: string; readonly secretAccessKey: string } | null;
  /** Null takes any size. */
  readonly mostUploadBytes: number | null;
  readonly signUp: 'open' | 'invite';
  readonly publicUrl: URL | null;
  readonly listen: string;
  /** Null speaks plain HTTP: on this computer, or behind a proxy. */
  readonly tls: { readonly port: number; readonly files: { readonly certificateFile: string; readonly keyFile: string } | null } | null;
  readonly trustedProxies: readonly string[];
  readonly limits: RequestLimits;
  /** So many failed log-ins lock an account or an address for five minutes. */
  readonly failedLogins: number;
  /** Null sends no mail: links for new passwords and invitations are given by hand. */
  readonly mail: { readonly url: string; readonly from: string } | null;
  /** Others than this computer can get here. */
  readonly isShared: boolean;
}

const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');
const whole = (least: number, most: number) => z.string().regex(/^\d{1,9}$/, 'must be a whole number').transform(Number).pipe(z.number().min(least).max(most));
const hostAndPort = z.string().regex(/^(\[[\da-f:]+\]|[\w.-]+)(:\d{1,5})?$/i, 'must be host:port, without a scheme');
const addresses = z.string().transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== '')).pipe(z.array(z.string().regex(/^(?=.*[.:])[\da-f.:]+(\/\d{1,3})?$/i, 'must be addresses by comma')));

const schema = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://').optional(),
  SECRET_KEY: z.string().min(16).optional(),
  ALGORITHM: z.enum(['RS256', 'EdDSA', 'HS256']).default('RS256'),
  ACCESS_TOKEN_EXPIRE_MINUTES: whole(1, 525_600).default(1440),
  MINIO_ENDPOINT: hostAndPort,
  MINIO_ACCESS_KEY: z.string().min(1),
  MINIO_SECRET_KEY: z.string().min(1),
  MINIO_BUCKET: z.string().regex(/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/, 'must be the name of a bucket'),
  MINIO_SECURE: flag.default(false),
  MINIO_REGION: z.string().regex(/^[\w-]{1,64}$/).default('us-east-1'),
  MINIO_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  S3_BUCKET: z.string().regex(/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/, 'must be the name of a bucket').optional(),
  S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  AWS_ACCESS_KEY_ID: z.string().min(1).optional(),
  AWS_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  AWS_REGION: z.string().regex(/^[\w-]{1,64}$/).default('us-east-1'),
  MAX_FILE_SIZE_MB: whole(0, 50_000_000).default(100),
  SIGNUP: z.enum(['open', 'invite']).optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  LISTEN: z.string().regex(/^[\da-f.:]+$/i, 'must be an address').default('127.0.0.1'),
  TLS: z.enum(['off', 'self-signed', 'files']).optional(),
  TLS_CERT_FILE: z.string().min(1).optional(),
  TLS_KEY_FILE: z.string().min(1).optional(),
  TLS_PORT: whole(0, 65_535).default(8643),
  TRUSTED_PROXIES: addresses.default([]),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  SMTP_FROM: z.string().max(254).pipe(z.email()).optional(),
  LIMIT_ANONYMOUS_PER_MINUTE: whole(1, 1_000_000).default(100),
  LIMIT_SESSION_PER_MINUTE: whole(1, 1_000_000).default(1200),
  LIMIT_SIGNUP_PER_MINUTE: whole(1, 1_000_000).default(30),
  LIMIT_FAILED_LOGINS: whole(1, 1_000_000).default(10),
});

/** Null without `MINIO_ENDPOINT`: then nothing is shared. */
export function readHubSettings(env: Readonly<Record<string, string | undefined>>): HubSettings | null {
  if ((env['MINIO_ENDPOINT'] ?? '') === '') return null;
  // An empty variable (`SIGNUP=` in a file) means not set.
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== '')));
  // Which variable and why; never the value, it may be a key.
  if (!parsed.success) throw wrong(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  const said = parsed.data;
  const isOwnAddress = /^(127\.|::1$)/.test(said.LISTEN);
  const publicUrl = said.PUBLIC_URL === undefined ? null : new URL(said.PUBLIC_URL);
  const tls = tlsOf(said);
  if (!isOwnAddress && publicUrl === null && tls === null) throw wrong('LISTEN reaches beyond this computer, so PUBLIC_URL must say how others call it, or TLS protect it');
  if (tls !== null && publicUrl !== null && publicUrl.protocol !== 'https:') throw wrong('PUBLIC_URL must begin with https:// where TLS is on');
  if (publicUrl !== null && !isBare(publicUrl)) throw wrong('PUBLIC_URL must be scheme, host and port alone');
  const storeUrl = said.MINIO_PUBLIC_URL === undefined ? null : new URL(said.MINIO_PUBLIC_URL);
  if (storeUrl !== null && !isBare(storeUrl)) throw wrong('MINIO_PUBLIC_URL must be scheme, host and port alone');
  if (said.ALGORITHM === 'HS256' && Buffer.byteLength(said.SECRET_KEY ?? '') < 32) throw wrong('ALGORITHM=HS256 needs a SECRET_KEY of at least 32 bytes');
  const isShared = !isOwnAddress || publicUrl !== null;
  return {
    databaseUrl: said.DATABASE_URL ?? null, secretKey: said.SECRET_KEY ?? null, algorithm: said.ALGORITHM, bearerMs: said.ACCESS_TOKEN_EXPIRE_MINUTES * 60_000,
    warm: { endpoint: `${said.MINIO_SECURE ? 'https' : 'http'}://${said.MINIO_ENDPOINT}`, region: said.MINIO_REGION, bucket: said.MINIO_BUCKET, accessKeyId: said.MINIO_ACCESS_KEY, secretAccessKey: said.MINIO_SECRET_KEY, publicUrl: storeUrl },
    cold: coldOf(said),
    mostUploadBytes: said.MAX_FILE_SIZE_MB === 0 ? null : said.MAX_FILE_SIZE_MB * 1_048_576,
    signUp: said.SIGNUP ?? (isShared ? 'invite' : 'open'),
    publicUrl, listen: said.LISTEN, tls, trustedProxies: said.TRUSTED_PROXIES,
    limits: { anonymous: said.LIMIT_ANONYMOUS_PER_MINUTE, session: said.LIMIT_SESSION_PER_MINUTE, signUp: said.LIMIT_SIGNUP_PER_MINUTE },
    failedLogins: said.LIMIT_FAILED_LOGINS,
    mail: said.SMTP_URL === undefined ? null : { url: said.SMTP_URL, from: said.SMTP_FROM ?? `strata@${publicUrl?.hostname ?? 'localhost.localdomain'}` },
    isShared,
  };
}

function coldOf(said: z.output<typeof schema>): HubSettings['cold'] {
  if (said.S3_BUCKET === undefined) return null;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = said;
  if (accessKeyId === undefined || secretAccessKey === undefined) throw wrong('S3_BUCKET needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  const endpoint = said.S3_ENDPOINT === undefined ? `https://s3.${said.AWS_REGION}.amazonaws.com` : said.S3_ENDPOINT.replace(/\/+$/, '');
  if (endpoint === `${said.MINIO_SECURE ? 'https' : 'http'}://${said.MINIO_ENDPOINT}` && said.S3_BUCKET === said.MINIO_BUCKET) throw wrong('S3_BUCKET must not be the warm bucket itself');
  return { endpoint, region: said.AWS_REGION, bucket: said.S3_BUCKET, accessKeyId, secretAccessKey };
}

function isBare(url: URL): boolean {
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
}

function tlsOf(said: z.output<typeof schema>): HubSettings['tls'] {
  const { TLS_CERT_FILE: certificateFile, TLS_KEY_FILE: keyFile, TLS_PORT: port } = said;
  if ((certificateFile === undefined) !== (keyFile === undefined)) throw wrong('TLS_CERT_FILE and TLS_KEY_FILE go together');
  const files = certificateFile === undefined || keyFile === undefined ? null : { certificateFile, keyFile };
  if (said.TLS === 'files' && files === null) throw wrong('TLS=files needs TLS_CERT_FILE and TLS_KEY_FILE');
  if (said.TLS === 'self-signed' && files !== null) throw wrong('TLS=self-signed makes its own certificate, so TLS_CERT_FILE and TLS_KEY_FILE must be empty');
  if (said.TLS === 'off' || (said.TLS === undefined && files === null)) return null;
  return { port, files };
}

function wrong(detail: string): AppError {
  return new AppError('hub_misconfigured', { detail: detail.slice(0, 400) });
}
