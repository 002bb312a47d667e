/** The form of a place and its address (`s3://bucket/prefix?endpoint=…` or `folder:/path`); keys never enter the address. */
import type { CallInputOf } from '../../../shared/api/contract.ts';
import type { WordId } from '../../../shared/words/words.ts';

export interface PlaceForm {
  readonly kind: 's3' | 'folder';
  readonly endpoint: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Instead of keys: a profile of the AWS tools on the computer that runs the service. */
  readonly profile: string;
  readonly certificate: string;
  readonly folder: string;
}
export const emptyPlace: PlaceForm = { kind: 's3', endpoint: '', bucket: '', prefix: '', region: '', accessKeyId: '', secretAccessKey: '', profile: '', certificate: '', folder: '' };

export function formOfAddress(address: string): PlaceForm {
  if (address.startsWith('folder:')) return { ...emptyPlace, kind: 'folder', folder: address.slice('folder:'.length) };
  if (!address.startsWith('s3://')) return emptyPlace;
  const [path = '', query = ''] = address.slice('s3://'.length).split('?');
  const slash = path.indexOf('/');
  const parts = new URLSearchParams(query);
  return {
    ...emptyPlace, endpoint: parts.get('endpoint') ?? '', region: parts.get('region') ?? '', profile: parts.get('profile') ?? '',
    bucket: decodeURIComponent(slash < 0 ? path : path.slice(0, slash)), prefix: decodeURIComponent(slash < 0 ? '' : path.slice(slash + 1)),
  };
}

export function addressOfForm(form: PlaceForm): string {
  if (form.kind === 'folder') return `folder:${form.folder.trim()}`;
  const prefix = form.prefix.trim().replace(/^\/+|\/+$/g, '');
  const query = new URLSearchParams();
  const endpoint = form.endpoint.trim();
  if (endpoint !== '') query.set('endpoint', /^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`);
  if (form.region.trim() !== '') query.set('region', form.region.trim());
  if (form.profile.trim() !== '') query.set('profile', form.profile.trim());
  const path = prefix === '' ? '' : `/${prefix.split('/').map(encodeURIComponent).join('/')}`;
  return `s3://${form.bucket.trim()}${path}${query.size === 0 ? '' : `?${query.toString()}`}`;
}

export function placeOfForm(form: PlaceForm): CallInputOf<'testPlace'> {
  const keys = { accessKeyId: form.accessKeyId.trim(), secretAccessKey: form.secretAccessKey.trim() };
  return {
    address: addressOfForm(form),
    ...(form.kind === 's3' && keys.accessKeyId !== '' && form.profile.trim() === '' ? { keys } : {}),
    ...(form.certificate.trim() === '' ? {} : { trustedCertificate: form.certificate.trim() }),
  };
}

/** What still has to be filled in, as words; null when the form can be tried. */
export function missingInForm(form: PlaceForm): WordId | null {
  if (form.kind === 'folder') return form.folder.trim() === '' ? 'firstRun.asks.placeFolder' : null;
  if (form.bucket.trim() === '') return 'firstRun.asks.bucket';
  // In an address the slash would silently begin the folder in the bucket.
  if (form.bucket.includes('/')) return 'firstRun.asks.bucketOnly';
  return (form.accessKeyId.trim() === '') === (form.secretAccessKey.trim() === '') ? null : 'firstRun.asks.bothKeys';
}

/** A place as people call it: bucket at its server, or the folder. */
export function placeWords(form: PlaceForm): string {
  if (form.kind === 'folder') return form.folder;
  const where = [form.bucket, form.prefix].filter((part) => part !== '').join('/');
  return form.endpoint === '' ? where : `${where} · ${form.endpoint.replace(/^https?:\/\//, '')}`;
}
