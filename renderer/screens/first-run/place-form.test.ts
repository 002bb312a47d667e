/** The form of a place and its address say the same, and keys never get into the address. */
import { expect, test } from 'vitest';
import { addressOfForm, emptyPlace, formOfAddress, missingInForm, placeOfForm } from './place-form.ts';

const bucket = { ...emptyPlace, endpoint: 'minio.home:9000', bucket: 'photos', prefix: '/2024/a b/', region: 'eu', accessKeyId: 'AKIA', secretAccessKey: 'very secret' };

test('a bucket becomes an address without its keys', () => {
  const { address, keys } = placeOfForm(bucket);
  expect(address).toBe('s3://photos/2024/a%20b?endpoint=https%3A%2F%2Fminio.home%3A9000&region=eu');
  expect(address).not.toContain('secret');
  expect(keys).toEqual({ accessKeyId: 'AKIA', secretAccessKey: 'very secret' });
});

test('a profile takes the place of keys, and stands in the address', () => {
  expect(placeOfForm({ ...bucket, profile: ' work ' })).toEqual({ address: 's3://photos/2024/a%20b?endpoint=https%3A%2F%2Fminio.home%3A9000&region=eu&profile=work' });
  expect(formOfAddress('s3://photos?region=eu&profile=work')).toMatchObject({ profile: 'work' });
});

test('an address fills the form it came from', () => {
  expect(formOfAddress('s3://photos/2024/a%20b?endpoint=https%3A%2F%2Fminio.home%3A9000&region=eu')).toMatchObject({ kind: 's3', bucket: 'photos', prefix: '2024/a b', endpoint: 'https://minio.home:9000', region: 'eu' });
  expect(addressOfForm(formOfAddress('folder:/media/anna/Backup'))).toBe('folder:/media/anna/Backup');
  expect(addressOfForm(formOfAddress('s3://strata'))).toBe('s3://strata');
});

test('what is missing is asked for in words', () => {
  expect(missingInForm(emptyPlace)).toBe('firstRun.asks.bucket');
  expect(missingInForm({ ...bucket, bucket: 'photos/2024' })).toBe('firstRun.asks.bucketOnly');
  expect(missingInForm({ ...bucket, secretAccessKey: '' })).toBe('firstRun.asks.bothKeys');
  expect(missingInForm(bucket)).toBeNull();
  expect(missingInForm({ ...emptyPlace, kind: 'folder' })).toBe('firstRun.asks.placeFolder');
});
