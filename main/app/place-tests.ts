/** Tries a place live, one plain sentence for each thing that sync needs; leaves nothing behind in it. */
import type { Doctor, Reason } from '../../shared/api/contract.ts';
import type { ErrorCode } from '../../shared/api/errors.ts';
import { asAppError, type AppError } from '../base/app-error.ts';
import type { RemoteStore } from '../sync/ports.ts';
import { checksOfProfile, notTried, ok, type Check } from './doctor-words.ts';
import type { ParsedPlace, Places, StoreKeys } from './ports.ts';
import { reasonOfError } from './reasons.ts';

export interface PlaceRequest {
  readonly address: string;
  readonly keys?: StoreKeys | undefined;
  readonly trustedCertificate?: string | undefined;
  /** Where kept keys lie, for a place that is synced already. */
  readonly secretName?: string;
}
const steps = ['reachable', 'certificate', 'keys', 'bucket', 'list', 'write', 'conditionalWrite', 'conditionalDelete', 'versions', 'clock'] as const;
type Step = (typeof steps)[number];

/** Which step a refusal belongs to; every earlier one went well. */
const stepOf: Partial<Readonly<Record<ErrorCode, Step>>> = {
  network_unreachable: 'reachable', network_timeout: 'reachable', not_a_store: 'reachable', tls_untrusted: 'certificate', keys_missing: 'keys', keys_refused: 'keys', clock_skewed: 'clock', bucket_missing: 'bucket',
};
const sentences: Readonly<Record<Step, string>> = {
  reachable: 'The place answers.', certificate: 'The connection is fine.', keys: 'The keys are right.', bucket: 'The bucket is there.', list: 'Files can be listed.', write: 'Files can be written and deleted.',
  conditionalWrite: '', conditionalDelete: '', versions: '', clock: '',
};
/** A folder has neither keys nor certificates nor a bucket. */
const bucketOnly: ReadonlySet<Step> = new Set<Step>(['certificate', 'keys', 'bucket']);

export async function testPlace(places: Places, request: PlaceRequest, signal?: AbortSignal): Promise<Doctor> {
  const place = places.parse(request.address);
  let store: RemoteStore;
  try {
    store = await places.open(place.address, { keys: request.keys ?? null, secretName: request.secretName ?? null, trustedCertificate: request.trustedCertificate ?? null, forSync: false });
  } catch (thrown) {
    return refusedAt(place, place.name, 'keys', asAppError(thrown), []);
  }
  try {
    return await tryStore(place, store, signal);
  } finally {
    await store.close();
  }
}

async function tryStore(place: ParsedPlace, store: RemoteStore, signal?: AbortSignal): Promise<Doctor> {
  const { name } = store.description;
  try {
    await store.list({ maxKeys: 1, ...(signal === undefined ? {} : { signal }) });
  } catch (thrown) {
    return refusedAt(place, name, 'list', asAppError(thrown), []);
  }
  try {
    const profile = await store.probe(signal);
    const before = fine(place, steps.slice(0, steps.indexOf('conditionalWrite')));
    const checks = [...before, ...checksOfProfile(profile, place.kind)];
    return { place: name, usable: checks.every((check) => check.outcome !== 'problem'), checks };
  } catch (thrown) {
    return refusedAt(place, name, 'write', asAppError(thrown), []);
  }
}

function fine(place: ParsedPlace, passed: readonly Step[]): Check[] {
  return passed.filter((step) => place.kind === 's3' || !bucketOnly.has(step)).map((step) => ok(step, sentences[step]));
}

/** Only here a missing bucket may be made: under a folder that is synced already it would stand for one that got lost. */
function offered(error: AppError): Reason {
  return error.code === 'bucket_missing' ? { ...reasonOfError(error), fix: 'makeBucket' } : reasonOfError(error);
}

function refusedAt(place: ParsedPlace, name: string, fallback: Step, error: AppError, extra: readonly Check[]): Doctor {
  const step = stepOf[error.code] ?? fallback;
  const shown = steps.filter((one) => place.kind === 's3' || !bucketOnly.has(one));
  const at = shown.indexOf(step);
  // The clock is judged by the first answer: that one came, so place and certificate are fine, but nothing was tried after it.
  const reached = step === 'clock' ? shown.indexOf('keys') : at;
  const checks = shown.map((one, index): Check => {
    if (index === at) return { check: one, outcome: 'problem', sentence: error.message, reason: offered(error) };
    return index < reached && one !== step ? ok(one, sentences[one]) : notTried(one);
  });
  return { place: name, usable: false, checks: [...checks, ...extra] };
}
