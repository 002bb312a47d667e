/** Signatures equal the ones AWS publishes, to the last digit. */
import { describe, expect, test } from 'vitest';
import { canonicalQuery, createSigner, emptyPayloadHash, encodeKeyPath, type RequestToSign } from './sigv4.ts';

const suite = createSigner({ credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }, region: 'us-east-1', service: 'service' });
const s3 = createSigner({ credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }, region: 'us-east-1', service: 's3' });
const suiteTime = Date.UTC(2015, 7, 30, 12, 36, 0);
const s3Time = Date.UTC(2013, 4, 24);

function signatureOf(signer: typeof suite, request: Partial<RequestToSign>): string {
  const headers = signer.sign({ method: 'GET', path: '/', query: [], headers: {}, payloadHash: emptyPayloadHash, nowMs: suiteTime, ...request });
  return headers['authorization']?.split('Signature=')[1] ?? '';
}

describe('the AWS test suite', () => {
  const host = { host: 'example.amazonaws.com' };
  test('get-vanilla', () => {
    expect(signatureOf(suite, { headers: host })).toBe('5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31');
  });
  test('get-vanilla-query-order-key-case', () => {
    expect(signatureOf(suite, { headers: host, query: [['Param2', 'value2'], ['Param1', 'value1']] })).toBe('b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500');
  });
  test('get-utf8', () => {
    expect(signatureOf(suite, { headers: host, path: encodeKeyPath('/ሴ') })).toBe('8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85');
  });
});

describe('the examples of the S3 documentation', () => {
  const base = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-content-sha256': emptyPayloadHash };
  test('GET Object with a range', () => {
    expect(signatureOf(s3, { nowMs: s3Time, path: '/test.txt', headers: { ...base, range: 'bytes=0-9' } })).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
  });
  test('PUT Object', () => {
    const payloadHash = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
    const headers = { ...base, 'x-amz-content-sha256': payloadHash, date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' };
    expect(signatureOf(s3, { nowMs: s3Time, method: 'PUT', path: encodeKeyPath('/test$file.text'), headers, payloadHash })).toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
  });
  test('GET Bucket Lifecycle', () => {
    expect(signatureOf(s3, { nowMs: s3Time, headers: base, query: [['lifecycle', '']] })).toBe('fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543');
  });
  test('GET Bucket (List Objects)', () => {
    expect(signatureOf(s3, { nowMs: s3Time, headers: base, query: [['max-keys', '2'], ['prefix', 'J']] })).toBe('34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');
  });
});

test('the key of the day changes at midnight', () => {
  const make = (): typeof suite => createSigner({ credentials: { accessKeyId: 'A', secretAccessKey: 'B' }, region: 'r', service: 's3' });
  const [old, fresh] = [make(), make()];
  const tomorrow = { headers: { host: 'h' }, nowMs: Date.UTC(2026, 0, 2) };
  signatureOf(old, { ...tomorrow, nowMs: Date.UTC(2026, 0, 1, 23, 59, 59) });
  expect(signatureOf(old, tomorrow)).toBe(signatureOf(fresh, tomorrow));
});
test('a session token is sent and signed', () => {
  const signer = createSigner({ credentials: { accessKeyId: 'A', secretAccessKey: 'B', sessionToken: 'C' }, region: 'r', service: 's3' });
  const headers = signer.sign({ method: 'GET', path: '/', query: [], headers: { host: 'h' }, payloadHash: emptyPayloadHash, nowMs: 0 });
  expect(headers['x-amz-security-token']).toBe('C');
  expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token');
});
test('signs that JavaScript leaves alone are encoded, slashes are not', () => {
  expect(encodeKeyPath("a b/!'()*+é")).toBe('a%20b/%21%27%28%29%2A%2B%C3%A9');
  expect(canonicalQuery([['b', 'x/y'], ['a', ' ']])).toBe('a=%20&b=x%2Fy');
});
