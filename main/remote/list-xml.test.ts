/** A listing counts only when it is whole: a torn or foreign answer would read as deletions (rules 2, 11). */
import { describe, expect, test } from 'vitest';
import { decodeUrl, parseListPage, parseVersions, unquoted } from './list-xml.ts';
import { XmlBroken } from './xml.ts';

const object = (key: string): string => `<Contents><Key>${key}</Key><LastModified>2026-11-20T14:02:03.004Z</LastModified><ETag>&quot;abc&quot;</ETag><Size>5</Size><Owner><ID>1</ID></Owner><StorageClass>STANDARD</StorageClass></Contents>`;
const page = (inside: string, truncated = 'false'): string => `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix><IsTruncated>${truncated}</IsTruncated>${inside}</ListBucketResult>`;

test('keys, sizes, dates and ETags are read', () => {
  expect(parseListPage(page(object('lib/a&amp;b&#x1F642;&#233;')), 'lib/')).toEqual({
    objects: [{ key: 'a&b🙂é', sizeBytes: 5, etag: 'abc', storageClass: 'STANDARD', lastModifiedMs: Date.UTC(2026, 10, 20, 14, 2, 3, 4) }],
    next: null,
  });
});
test('encoded keys are decoded only when the server says that it encoded', () => {
  expect(parseListPage(page(`<EncodingType>url</EncodingType>${object('a+b%2Bc%0A%F0%9F%99%82')}`), '').objects[0]?.key).toBe('a b+c\n🙂');
  expect(parseListPage(page(object('a+b%2B')), '').objects[0]?.key).toBe('a+b%2B');
});
test('bytes that are not UTF-8 do not stop the listing', () => {
  expect(decodeUrl('bad%FFname+x')).toBe('bad\ufffdname x');
});
test('the next page’s token is kept', () => {
  expect(parseListPage(page('<NextContinuationToken>t&amp;1</NextContinuationToken>', 'true'), '').next).toBe('t&1');
});
test('ETags lose their quotes', () => {
  expect([unquoted('"a-2"'), unquoted('a'), unquoted('W/"a"'), unquoted('"')]).toEqual(['a-2', 'a', 'a', '"']);
});

test('of versions, those of the very key are read, newest first, without its deletions', () => {
  const version = (key: string, id: string): string => `<Version><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>false</IsLatest><LastModified>2026-11-20T14:02:03Z</LastModified><ETag>"${id}-etag"</ETag><Size>5</Size></Version>`;
  const answer = `<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><DeleteMarker><Key>a+b</Key><VersionId>3</VersionId><LastModified>2026-11-20T14:02:03Z</LastModified></DeleteMarker>${version('a+b', '2')}${version('a+b', '1')}${version('a+bc', '9')}</ListVersionsResult>`;
  expect(parseVersions(answer, 'a b').map(({ versionId, etag, sizeBytes }) => [versionId, etag, sizeBytes])).toEqual([['2', '2-etag', 5], ['1', '1-etag', 5]]);
  expect(() => parseVersions(answer.replace('<VersionId>1</VersionId>', ''), 'a b')).toThrow(XmlBroken);
  expect(() => parseVersions(answer.slice(0, -10), 'a b')).toThrow(XmlBroken);
});

describe('not a whole listing', () => {
  const whole = page(object('a') + object('b'));
  test('every cut of a whole page', () => {
    for (let length = 0; length < whole.length; length += 1) expect(() => parseListPage(whole.slice(0, length), ''), `${length} characters`).toThrow(XmlBroken);
    expect(parseListPage(`${whole}\n`, '').objects.length).toBe(2);
  });
  test.each([
    ['something after the end', `${whole}<html>`],
    ['a second answer', whole + whole],
    ['an error document', '<Error><Code>SlowDown</Code></Error>'],
    ['more to come without a token', page(object('a'), 'true')],
    ['fewer keys than announced', page(`<KeyCount>2</KeyCount>${object('a')}`)],
    ['no word on whether there is more', '<ListBucketResult></ListBucketResult>'],
    ['an object without a size', page('<Contents><Key>a</Key><ETag>"e"</ETag><LastModified>2026-11-20T14:02:03Z</LastModified></Contents>')],
    ['an object without an ETag', page('<Contents><Key>a</Key><Size>1</Size><LastModified>2026-11-20T14:02:03Z</LastModified></Contents>')],
    ['text between objects', page(`${object('a')}oops${object('b')}`)],
    ['HTML', '<!doctype html><html><body>Please log in</body></html>'],
  ])('%s', (_, text) => {
    expect(() => parseListPage(text, '')).toThrow(XmlBroken);
  });
  test('a key outside the prefix', () => {
    expect(() => parseListPage(page(object('elsewhere/a')), 'lib/')).toThrow(XmlBroken);
  });
});
test('a page of 1,000 keys is read whole', () => {
  const text = page(Array.from({ length: 1000 }, (_, index) => object(`folder/file-${index}.txt`)).join(''));
  const { objects } = parseListPage(text, '');
  expect([objects.length, objects[999]?.key]).toEqual([1000, 'folder/file-999.txt']);
});
