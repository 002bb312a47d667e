/** Forged requests without end, by the faults they try (F80 to F85, X1 to X15); every choice comes from a seed, so that one that got in can be sent again. */
import { createHmac } from 'node:crypto';
import type { CommandRow } from '../../../shared/api/contract-row.ts';
import { rightRequests } from '../hub-requests.ts';
import { formOf } from '../hub-under-test.ts';
import type { AskRequest } from '../door-under-test.ts';
import { allRows, hubRows, pathOf, sentOf, type Stage } from './stage.ts';
import type { Sent } from './target.ts';

export interface Forgery {
  readonly fault: string;
  readonly sent: Sent;
}
type Pick = <T>(list: readonly T[]) => T;
type Family = (stage: Stage, pick: Pick) => Forgery;

const guarded = allRows.filter(([, row]) => row.who !== 'anyone');
const requestOf = (name: string): AskRequest => (rightRequests as Readonly<Record<string, () => AskRequest>>)[name]?.() ?? {};
const b64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const hosts = (own: string): string[] => ['evil.test', 'localhost', `localhost:${own.split(':')[1] ?? ''}`, '127.0.0.1', '0.0.0.0', `${own}.evil.test`, `[::1]:${own.split(':')[1] ?? ''}`, `evil.test:${own.split(':')[1] ?? ''}`, `${own}@evil.test`, '', ' ', `${own}/`, '169.254.169.254'];
const origins = (own: string): string[] => ['null', 'http://evil.test', 'https://evil.test', `${own}.evil.test`, `${own}:1`, `${own}/`, own.replace(/^http(s?):/, (_, s: string) => (s === '' ? 'https:' : 'http:')), 'http://localhost', 'file://', 'chrome-extension://abc', ''];
const badPaths = ['..', '../x', '../../x', 'a/../../b', '/etc/passwd', '\\\\server\\share', 'C:\\x', 'a\\..\\b', 'a\0b', 'a\u0001b', '.', './a', 'a//b', 'a/./b', '.strata/x', '.STRATA/x', '\ud800', 'x'.repeat(300), `${'y/'.repeat(600)}z`, ' ', '\r\nx: y'];
const outside = ['../private/secret.txt', 'x/../../private/secret.txt', '..%2fprivate%2fsecret.txt', '%2e%2e/private/secret.txt', '/private/secret.txt', '..%5cprivate%5csecret.txt', 'shown.txt%00', '..%252fprivate%252fsecret.txt', '.strata/trash', '%ff', '....//private/secret.txt', '..;/private/secret.txt'];
const systemFiles = ['/etc/passwd', '../../../../etc/passwd', '..%2f..%2f..%2f..%2fetc%2fpasswd', '%2e%2e%2f%2e%2e%2fown-certificate.pem', '../hub.db', '..%5c..%5chub.db', 'file:///etc/passwd', '%00/etc/passwd', '....//....//etc/passwd', '/proc/self/environ'];

function forgedToken(stage: Stage, pick: Pick): string | undefined {
  const [head = '', body = '', mark = ''] = stage.ann.token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  const kid = (JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid?: string }).kid;
  const asOwner = b64({ ...claims, sub: String(stage.owner.id) });
  const hmac = (key: string): string => {
    const text = `${b64({ alg: 'HS256', typ: 'JWT', kid })}.${asOwner}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  const token = pick<() => string>([
    () => `${b64({ alg: 'none', typ: 'JWT', kid })}.${asOwner}.`, () => `${b64({ alg: 'None', typ: 'JWT' })}.${asOwner}.${mark}`, () => `${head}.${asOwner}.${mark}`, () => `${head}.${b64({ ...claims, exp: 9_999_999_999 })}.${mark}`,
    () => `${head}.${b64({ ...claims, aud: 'strata-cookie' })}.${mark}`, () => `${head}.${body}.${mark.slice(0, -4)}AAAA`, () => `${head}.${body}.`, () => `${head}.${body}`, () => `${stage.ann.token}=`, () => `${stage.ann.token}.x`,
    () => hmac(pick(['', 'secret', kid ?? '', 'strata', 'changeme'])), () => `${b64({ alg: 'EdDSA', typ: 'JWT', kid: '../../etc/passwd' })}.${asOwner}.${mark}`, () => `${b64({ alg: 'EdDSA', typ: 'JWT', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } })}.${asOwner}.${mark}`,
    () => `${b64({ alg: 'RS256', typ: 'JWT', jku: 'http://evil.test/keys', kid })}.${asOwner}.${mark}`, () => 'null', () => 'undefined', () => 'A'.repeat(pick([1, 43, 300, 3000])), () => Buffer.from(stage.ann.token).toString('base64url'),
    () => stage.ann.token.toUpperCase(), () => `${stage.ann.token} ${stage.owner.token}`, () => b64({ sub: stage.owner.id }),
  ])();
  return pick([`Bearer ${token}`, `Bearer ${token}`, `Bearer ${token}`, `bearer ${token}`, `Basic ${Buffer.from('owner:owner').toString('base64')}`, token, undefined]);
}

const any = (stage: Stage, pick: Pick, rows: readonly (readonly [string, CommandRow])[], token: string | null, blanks: Readonly<Record<string, string>> = { ...stage.blanks }): Sent => {
  const [name, row] = pick(rows);
  return sentOf(row, pathOf(row, blanks), requestOf(name), token);
};
const withHeaders = (sent: Sent, headers: Readonly<Record<string, string | undefined>>): Sent => ({ ...sent, headers: { ...sent.headers, ...headers } });
const of = (fault: string, sent: Sent): Forgery => ({ fault, sent });
const readable = allRows.filter(([, row]) => row.method === 'GET' && row.who !== 'anyone');

export const families: readonly Family[] = [
  (stage, pick) => of('F80', withHeaders(any(stage, pick, guarded, null), { authorization: forgedToken(stage, pick) })),
  (stage, pick) => of('F80', withHeaders(any(stage, pick, guarded, null), { cookie: `__Host-strata-access=${stage.owner.token}; __Host-strata-refresh=${'A'.repeat(43)}`, 'x-csrf-token': 'A'.repeat(43) })),
  (stage, pick) => of('F81', any(stage, pick, hubRows.filter(([, { path, who }]) => path.includes(':') && who !== 'anyone'), pick([stage.ben, stage.guest]).token)),
  (stage, pick) => of('F81', any(stage, pick, allRows.filter(([, { who }]) => who === 'admin' || who === 'owner' || who === 'session').filter(([, { who }]) => who !== 'admin'), pick([stage.owner, stage.ben, stage.guest]).token)),
  (stage, pick) => of('F81', any(stage, pick, hubRows.filter(([, { who }]) => who === 'admin'), pick([stage.ben, stage.guest]).token)),
  (stage, pick) => {
    // Half a sign can't be sent in a form: what arrives is a name like any other.
    const bad = pick(badPaths.filter((one) => one.isWellFormed()));
    const form = formOf(pick(['x.txt', 'y.bin']), 'x', { folder: bad });
    return of('F82', { method: 'POST', path: '/api/files/upload', body: form.rawBody, headers: { ...form.headers, authorization: `Bearer ${stage.ben.token}` } });
  },
  (stage, pick) => of('F82', { method: 'POST', path: `/api/files/${stage.blanks.file_id}/${pick(['move', 'copy'])}`, body: JSON.stringify(pick([{ folder: pick(badPaths) }, { filename: pick(badPaths) }])), headers: { authorization: `Bearer ${stage.ann.token}` } }),
  (stage, pick) => of('F83', withHeaders(any(stage, pick, allRows, pick([stage.ann, stage.owner]).token), pick([{ host: pick(hosts(stage.target.host)) }, { origin: pick(origins(stage.target.origin)) }]))),
  (stage, pick) => of('F83', { method: 'GET', path: '/socket.io/?EIO=4&transport=polling', headers: pick([{ host: pick(hosts(stage.target.host)) }, { origin: pick(origins(stage.target.origin)) }]) }),
  (stage, pick) => {
    const form = formOf('cut.txt', 'x'.repeat(2000));
    return of('F85', { method: 'POST', path: '/api/files/upload', body: (form.rawBody as Buffer).subarray(0, pick([1, 40, 100, 150, 500, 1500, 2100])), headers: { ...form.headers, authorization: `Bearer ${stage.ben.token}` } });
  },
  (stage, pick) => of('X1', { method: 'GET', path: `/api/files/public/${stage.openShare}/download?path=${pick(outside)}`, headers: {} }),
  (stage, pick) => of('X2', { method: pick(['DELETE', 'PUT', 'PATCH']), path: `/api/files/public/${stage.openShare}${pick(['', '/files', '/download', '/../..', '/%2e%2e'])}?path=${pick(outside)}`, body: '{}', headers: {} }),
  (stage, pick) => of('X3', { method: 'GET', path: pick([`/api/files/${stage.blanks.file_id}/subtitles?path=${pick(systemFiles)}`, `/api/files/link/${encodeURIComponent(pick(systemFiles))}`, `/assets/${pick(systemFiles)}`, `/api/folders/zip/${encodeURIComponent(pick(systemFiles))}`, `/api/content/${encodeURIComponent(pick(systemFiles))}`]), headers: { authorization: `Bearer ${stage.ben.token}` } }),
  (stage, pick) => of('X6', { method: 'GET', path: `/api/files/public/${stage.blanks.token}${pick(['', '/files', '/download', '/download?path=secret.txt'])}${pick(['', '?grant=', '?grant=of%20the%20link', `?grant=${'A'.repeat(60)}`, '?password=of%20the%20link'])}`, headers: {} }),
  (stage, pick) => of('X9', { ...any(stage, pick, readable, null), headers: {} }),
  (stage, pick) => of('X10', { method: pick(['GET', 'HEAD', 'PATCH', 'DELETE']), path: `/api/${pick(['uploads', 'v1/uploads', 'files/upload', 'files'])}/${pick(['%2f..%2fx', 'a%00b', '..%2f..%2fhub.db', '%2e%2e', 'NaN', '-1', '9'.repeat(30), '1e3', '0x1'])}`, headers: { authorization: `Bearer ${stage.ben.token}`, 'tus-resumable': '1.0.0' } }),
  (stage, pick) => of('X11', { ...any(stage, pick, allRows.filter(([, { method }]) => method !== 'GET').filter(([, { path }]) => !allRows.some(([, other]) => other.method === 'GET' && new RegExp(`^${other.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(path))), stage.ann.token), method: 'GET', body: undefined }),
  (_, pick) => of('X11', { method: 'GET', path: pick(['//evil.test/%2f..', '/%20//evil.test.x', '/\\evil.test', '/%5cevil.test', '//evil.test/x.y', '/%09//evil.test.', '/api//evil.test/', '/https://evil.test/x.y']), headers: {} }),
  (stage, pick) => {
    const sent = any(stage, pick, guarded, null);
    const letter = sent.path.lastIndexOf('/') + 1;
    const other = pick([`${sent.path.slice(0, letter)}%${sent.path.charCodeAt(letter).toString(16)}${sent.path.slice(letter + 1)}`, sent.path.toUpperCase(), `/${sent.path}`, sent.path.replace('/v1/', '/v1//'), sent.path.replace('/v1/', '/v1/./'), sent.path.replace('/v1/', '/v1/../v1/'), sent.path.replace('/api/', '/api%2f'), `${sent.path}/`, `${sent.path};x`, `${sent.path}%00`, `${sent.path}%20`, `${sent.path}.json`, `${sent.path}?access_token=${stage.owner.token}`, sent.path.replaceAll('/', '\\')]);
    return of('X12', { ...sent, path: other });
  },
  (stage, pick) => of('X13', withHeaders(any(stage, pick, guarded, null), { 'x-forwarded-for': pick(['127.0.0.1', '::1', '10.0.0.1, 127.0.0.1']), 'x-forwarded-host': pick([stage.target.host, '127.0.0.1']), 'x-forwarded-proto': 'https', 'x-real-ip': '127.0.0.1', forwarded: 'for=127.0.0.1;host=localhost', 'x-original-url': '/api/hello', 'x-http-method-override': 'GET' })),
  (stage, pick) => of('X14', withHeaders(any(stage, pick, hubRows.filter(([, { method, extras }]) => method !== 'GET' && method !== 'DELETE' && extras.form === undefined), stage.ann.token), { 'content-type': pick(['application/json;', 'application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded', 'Application/JSON', 'multipart/form-data; boundary=x', 'application/json,text/plain', '\tapplication/json x']) })),
];
