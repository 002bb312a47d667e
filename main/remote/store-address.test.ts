/** Addresses are read strictly, and what is wrong is said in plain words. */
import { describe, expect, test } from 'vitest';
import { AppError } from '../base/app-error.ts';
import { formatStoreAddress, parseStoreAddress, placeName } from './store-address.ts';

test('a bucket with everything', () => {
  const address = parseStoreAddress('s3://photos/home/2026?endpoint=http://127.0.0.1:9000&region=eu-1&keys=HOME');
  expect(address).toEqual({ kind: 's3', bucket: 'photos', prefix: 'home/2026/', endpoint: 'http://127.0.0.1:9000', region: 'eu-1', keysName: 'HOME', profile: null });
  expect(placeName(address)).toBe('127.0.0.1:9000/photos/home/2026');
  expect(formatStoreAddress(address)).toBe('s3://photos/home/2026?endpoint=http://127.0.0.1:9000&region=eu-1&keys=HOME');
});
test('without an endpoint it is Amazon in its region', () => {
  expect(parseStoreAddress('s3://photos?region=eu-central-1')).toMatchObject({ endpoint: 'https://s3.eu-central-1.amazonaws.com', prefix: '' });
});
test.each(['s3://b-1/a%20b/é?endpoint=https://h/s3', 's3://b.b?endpoint=http://h:1/', 's3://b-1?region=eu-1&profile=work', 'folder:/mnt/drive', 'folder:/'])('%s survives being written and read', (text) => {
  const address = parseStoreAddress(text);
  expect(parseStoreAddress(formatStoreAddress(address))).toEqual(address);
});
test('a folder is tidied', () => {
  expect(parseStoreAddress('folder:/mnt//drive/./x/')).toEqual({ kind: 'folder', path: '/mnt/drive/x' });
});
describe('refused with the reason', () => {
  test.each([
    ['http://host/bucket', 'neither'],
    ['s3://bucket?keys=HOME&profile=work', 'two ways'],
    ['s3://bucket?profile=', 'profile must name'],
    ['s3://', 'the bucket is missing'],
    ['s3:///prefix', 'the bucket is missing'],
    ['s3://my bucket', 'characters'],
    ['s3://ab', '3 to 63'],
    ['s3://bucket/a/../b', '“..”'],
    ['s3://bucket/a//b', 'empty part'],
    ['s3://bucket/%zz', '%'],
    ['s3://bucket?endpoint=nonsense', 'no address'],
    ['s3://bucket?endpoint=ftp://h', 'http://'],
    ['s3://bucket?endpoint=http://key:secret@h', 'keys do not belong'],
    ['s3://bucket?endpiont=http://h', 'endpiont'],
    ['s3://bucket?keys=../x', 'environment'],
    ['folder:', 'missing'],
    ['folder:relative/path', 'from the root'],
  ])('%s', (text, part) => {
    let thrown: unknown;
    try {
      parseStoreAddress(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AppError);
    expect((thrown as AppError).code).toBe('place_invalid');
    expect((thrown as AppError).message).toContain(part);
  });
  test('a secret in an address is not repeated', () => {
    expect(() => parseStoreAddress('s3://bucket?endpoint=http://key:secret@h')).toThrow(/^(?!.*secret@)/);
  });
});
