/** Bad input to the command line, with real parts: each is refused with one plain sentence and the right exit status, and nothing is lost or written. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@playwright/test';
import { freePort, startMinio, type TestServer } from '../main/testing/servers.ts';
import { needs } from './needs.ts';
import { runStrata, type Ran } from './strata-process.ts';

const bucket = 'family';
let home: string;
let folder: string;
let server: TestServer;
let other: S3Client;
let data = 0;

test.beforeAll(async () => {
  const minio = await startMinio();
  needs(minio.server !== null, minio.reason ?? '');
  if (minio.server === null) return;
  ({ server } = minio);
  await server.makeBucket(bucket);
  other = new S3Client({
    endpoint: server.endpoint, region: server.region, forcePathStyle: true, credentials: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey },
    requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED',
  });
  await other.send(new PutObjectCommand({ Bucket: bucket, Key: 'there.txt', Body: 'keep me there' }));
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-cli-'));
  folder = path.join(home, 'Documents');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'here.txt'), 'keep me here');
});
test.afterAll(async () => {
  other?.destroy();
  await server?.stop();
  if (home !== undefined) fs.rmSync(home, { recursive: true, force: true });
});
/** Whatever was asked for: both sides are as they were, and no mark was left on either. */
test.afterEach(async () => {
  if (home === undefined) return;
  expect(fs.readdirSync(folder)).toEqual(['here.txt']);
  expect(fs.readFileSync(path.join(folder, 'here.txt'), 'utf8')).toBe('keep me here');
  const { Contents = [] } = await other.send(new ListObjectsV2Command({ Bucket: bucket }));
  expect(Contents.map((object) => object.Key)).toEqual(['there.txt']);
  const { Body } = await other.send(new GetObjectCommand({ Bucket: bucket, Key: 'there.txt' }));
  expect(await Body?.transformToString()).toBe('keep me there');
});

const rightKeys = (): Record<string, string> => ({ AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey });
const at = (where: string, endpoint = server.endpoint): string => `s3://${where}?endpoint=${endpoint}`;
/** A new data folder each time: a new device that knows nothing. */
function strata(words: readonly string[], env: Readonly<Record<string, string>> = rightKeys()): Promise<Ran> {
  data += 1;
  return runStrata([...words, '--data', path.join(home, `data ${data}`)], { home, env });
}
const once = (place: string, env?: Readonly<Record<string, string>>, from = folder): Promise<Ran> => strata(['sync', from, place, '--once'], env);

function refused(ran: Ran, code: number, sentence: RegExp): void {
  expect(ran.err.trim()).toMatch(sentence);
  expect(ran.err.trim().split('\n')).toHaveLength(1);
  expect(ran.err).not.toMatch(/\bat .*\.ts:|Error:|undefined|\{\w+\}/);
  expect(ran.code).toBe(code);
}

interface BadPlace { readonly what: string; readonly code: number; readonly says: RegExp; readonly place: () => string | Promise<string>; readonly env?: () => Record<string, string> }
const badPlaces: readonly BadPlace[] = [
  { what: 'a wrong secret key', code: 1, says: /^The keys were refused by .*family.*\. Nothing was changed\. Enter the right keys\.$/, place: () => at(bucket), env: () => ({ ...rightKeys(), AWS_SECRET_ACCESS_KEY: 'not it' }) },
  { what: 'an access key that nobody has', code: 1, says: /^The keys were refused by /, place: () => at(bucket), env: () => ({ ...rightKeys(), AWS_ACCESS_KEY_ID: 'nobody' }) },
  { what: 'no keys at all', code: 1, says: /^There are no keys for .*\. Enter the access key and the secret key\.$/, place: () => at(bucket), env: () => ({}) },
  { what: 'keys under a name that is not set', code: 1, says: /^There are no keys for /, place: () => `${at(bucket)}&keys=NAS` },
  { what: 'a bucket that does not exist', code: 2, says: /^The bucket nobody-has-this does not exist at .*\. Check its name, or create it\.$/, place: () => at('nobody-has-this') },
  { what: 'a server that is not there', code: 1, says: /^.* can’t be reached\. Changes wait here/, place: async () => at(bucket, `http://127.0.0.1:${await freePort()}`) },
  { what: 'a slash in the bucket’s name', code: 1, says: /^The address of the place is not usable: the bucket’s name holds characters that no bucket has\./, place: () => at('fam%2Fily') },
  { what: 'a bucket with a space', code: 1, says: /^The address of the place is not usable: /, place: () => at('our family') },
  { what: 'keys in the address', code: 1, says: /^The address of the place is not usable: /, place: () => at(bucket, 'http://me:secret@127.0.0.1:9') },
  { what: 'an address of another kind', code: 1, says: /^The address of the place is not usable: it begins neither with s3:\/\/ nor with folder:/, place: () => 'ftp://nas/family' },
  { what: 'a folder place that is not there', code: 1, says: /can’t be reached/, place: () => `folder:${path.join(home, 'no drive')}` },
];
for (const { what, code, says, place, env } of badPlaces) {
  test(`${what}: exit ${code} and a sentence`, async () => {
    refused(await once(await place(), env?.()), code, says);
  });
}

test('a server with its own certificate is not trusted by itself', async () => {
  const [key, certificate] = [path.join(home, 'key.pem'), path.join(home, 'certificate.pem')];
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=nas', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate]);
  needs(made.status === 0, 'there is no openssl to make a certificate with');
  let asked = 0;
  const nas = https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(certificate) }, (_, answer) => {
    asked += 1;
    answer.end();
  });
  await new Promise<void>((resolve) => nas.listen(0, '127.0.0.1', resolve));
  try {
    refused(await once(at(bucket, `https://127.0.0.1:${(nas.address() as AddressInfo).port}`)), 1, /^The certificate of .* is not known\. Check its fingerprint and trust it, or use the right address\.$/);
    expect(asked).toBe(0);
  } finally {
    nas.close();
  }
});

test('a log-in page in between is no bucket', async () => {
  const portal = http.createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<!doctype html><h1>Welcome to the hotel</h1>'));
  await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
  try {
    refused(await once(at(bucket, `http://127.0.0.1:${(portal.address() as AddressInfo).port}`)), 1, /^.* answered, but not as a bucket does\. Is there a log-in page in between/);
  } finally {
    portal.close();
  }
});

test('a folder that does not exist: exit 2, and it is not made', async () => {
  const gone = path.join(home, 'unplugged');
  refused(await once(at(bucket), undefined, gone), 2, /^The folder .*unplugged is not there\. Is a drive unplugged\? Nothing was deleted\.$/);
  expect(fs.existsSync(gone)).toBe(false);
});

test('a file instead of a folder: exit 2', async () => {
  refused(await once(at(bucket), undefined, path.join(folder, 'here.txt')), 2, /here\.txt is not a folder\. Choose a folder\.$/);
});

test('a folder inside another synced folder: exit 1', async () => {
  const outer = path.join(home, 'Outer');
  fs.mkdirSync(path.join(outer, 'inner'), { recursive: true });
  fs.mkdirSync(path.join(home, 'drive'));
  const dataDir = path.join(home, 'data overlap');
  const first = await runStrata(['sync', outer, `folder:${path.join(home, 'drive')}`, '--once', '--data', dataDir], { home });
  expect([first.code, first.err]).toEqual([0, '']);
  const second = await runStrata(['sync', path.join(outer, 'inner'), at(bucket), '--once', '--data', dataDir], { home, env: rightKeys() });
  refused(second, 1, /inner lies inside or around Outer, which is synced already\. Choose another folder\.$/);
});

test('a folder that can’t be written to: exit 1, said before anything is done', async () => {
  const locked = path.join(home, 'locked');
  fs.mkdirSync(locked);
  const isRoot = process.getuid?.() === 0;
  // Root may write wherever the mode forbids it: only a read-only mount holds it back.
  const mounted = isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'strata-test', locked]).status === 0;
  test.skip(isRoot && !mounted, 'root writes everywhere, and mounting is not allowed here');
  if (!isRoot) fs.chmodSync(locked, 0o555);
  try {
    refused(await once(at(bucket), undefined, locked), 1, /^The folder .*locked can’t be written to\. Allow writing or choose another folder\.$/);
  } finally {
    if (mounted) spawnSync('umount', [locked]);
    else fs.chmodSync(locked, 0o755);
  }
});

const badWords: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['a command that is none', ['snyc'], /snyc/],
  ['no store', ['sync', 'Documents'], /STORE/],
  ['an option that is none', ['sync', 'Documents', 'folder:/nowhere', '--twice'], /--twice/],
  ['--yes without --once', ['sync', 'Documents', 'folder:/nowhere', '--yes'], /--yes goes with --once/],
  ['a port that is none', ['start', '--headless', '--port', 'many'], /--port needs a number/],
  ['a question before anything is set up', ['status'], /^Nothing is set up in this data folder yet\. Start with: strata sync FOLDER STORE\.$/],
];
for (const [what, words, says] of badWords) {
  test(`${what}: exit 1 and a sentence`, async () => {
    const ran = await strata(words);
    expect(ran.err.trim()).toMatch(says);
    expect([ran.code, ran.out]).toEqual([1, '']);
  });
}
