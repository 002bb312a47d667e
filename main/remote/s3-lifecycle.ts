/** A bucket's lifecycle rules: read, and Strata's own ones written among those of others, which are handed back exactly as they were (row H11). */
import { createHash } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-s3';
import type { LifecycleRule, OwnLifecycle } from '../../shared/model/lifecycle.ts';
import { AppError } from '../base/app-error.ts';
import { controlError, withClient, type ControlDeps } from './s3-control.ts';

export interface LifecycleScope extends ControlDeps {
  /** Of the library in the bucket, with its slash; '' is the whole bucket. */
  readonly prefix: string;
  readonly libraryId: string;
}
export interface ReadLifecycle {
  readonly rules: readonly LifecycleRule[];
  /** Changes with any of the rules; '' where there are none. */
  readonly version: string;
}
type Raw = Sdk.LifecycleRule;

/** Throws `lifecycle_unsupported` where the store has no such rules, `access_denied` where these keys may not see them. */
export async function readLifecycle(scope: LifecycleScope): Promise<ReadLifecycle> {
  const raw = await readRaw(scope);
  return { rules: raw.map((rule) => told(rule, scope)), version: versionOf(raw) };
}

/** Throws `stale` when the rules are no longer those that were shown, and `lifecycle_unsupported` with the store's own words when it takes none like these. */
export async function writeOwnLifecycle(scope: LifecycleScope, wish: OwnLifecycle, shownVersion: string): Promise<ReadLifecycle> {
  const before = await readRaw(scope);
  if (versionOf(before) !== shownVersion) throw new AppError('stale');
  const foreign = before.filter((rule) => !isOurs(rule, scope));
  const rules = [...foreign, ...ownRules(scope, wish)];
  try {
    await withClient(scope, ({ sdk, client }) => rules.length === 0
      ? client.send(new sdk.DeleteBucketLifecycleCommand({ Bucket: scope.endpoint.bucket }))
      : client.send(new sdk.PutBucketLifecycleConfigurationCommand({ Bucket: scope.endpoint.bucket, LifecycleConfiguration: { Rules: rules } })));
  } catch (thrown) {
    throw refusal(thrown, scope);
  }
  const after = await readRaw(scope);
  // The answer says what the bucket holds now, not what was sent: a store may have dropped what it does not know.
  const missing = foreign.find((rule) => !after.some((one) => fingerprint(one) === fingerprint(rule)));
  if (missing !== undefined) throw new AppError('lifecycle_changed', { detail: missing.ID ?? 'a rule without a name' });
  return { rules: after.map((rule) => told(rule, scope)), version: versionOf(after) };
}

async function readRaw(scope: LifecycleScope): Promise<readonly Raw[]> {
  try {
    const answer = await withClient(scope, ({ sdk, client }) => client.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket: scope.endpoint.bucket })));
    return answer.Rules ?? [];
  } catch (thrown) {
    if ((thrown as { name?: string }).name === 'NoSuchLifecycleConfiguration') return [];
    throw refusal(thrown, scope);
  }
}
function refusal(thrown: unknown, scope: LifecycleScope): AppError {
  const { name, message, $metadata } = thrown as { name?: string; message?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 501 || status === 405 || (status === 400 && name !== 'ExpiredToken')) return new AppError('lifecycle_unsupported', { place: `${new URL(scope.endpoint.endpoint).host}/${scope.endpoint.bucket}`, detail: `${name ?? status}${message ? `: ${message}` : ''}` }, thrown);
  return controlError(thrown, scope);
}

const idOf = (scope: LifecycleScope, what: 'archive' | 'uploads'): string => `strata-${what}-${scope.libraryId}`;
function isOurs(rule: Raw, scope: LifecycleScope): boolean {
  return rule.ID === idOf(scope, 'archive') || rule.ID === idOf(scope, 'uploads');
}
function ownRules(scope: LifecycleScope, { archive, abortUploadsAfterDays }: OwnLifecycle): Raw[] {
  const rules: Raw[] = [];
  if (archive !== null) rules.push({ ID: idOf(scope, 'archive'), Status: 'Enabled', Filter: { Prefix: `${scope.prefix}${archive.folder === '' ? '' : `${archive.folder}/`}` }, Transitions: [{ Days: archive.afterDays, StorageClass: archive.storageClass as Sdk.TransitionStorageClass }] });
  if (abortUploadsAfterDays !== null) rules.push({ ID: idOf(scope, 'uploads'), Status: 'Enabled', Filter: { Prefix: scope.prefix }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortUploadsAfterDays } });
  return rules;
}

function told(rule: Raw, scope: LifecycleScope): LifecycleRule {
  const filter = rule.Filter;
  const both = filter?.And;
  return {
    id: rule.ID ?? '', isEnabled: rule.Status === 'Enabled', isOurs: isOurs(rule, scope),
    prefix: both?.Prefix ?? filter?.Prefix ?? rule.Prefix ?? '', byTags: filter?.Tag !== undefined || (both?.Tags?.length ?? 0) > 0,
    overBytes: both?.ObjectSizeGreaterThan ?? filter?.ObjectSizeGreaterThan ?? null, underBytes: both?.ObjectSizeLessThan ?? filter?.ObjectSizeLessThan ?? null,
    moves: (rule.Transitions ?? []).map((move) => ({ afterDays: move.Days ?? null, onDate: move.Date?.toISOString().slice(0, 10) ?? null, storageClass: move.StorageClass ?? 'STANDARD' })),
    deletesAfterDays: rule.Expiration?.Days ?? null, deletesOnDate: rule.Expiration?.Date?.toISOString().slice(0, 10) ?? null,
    oldVersionsGoAfterDays: rule.NoncurrentVersionExpiration?.NoncurrentDays ?? null, abortsUploadsAfterDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? null,
  };
}

/** Equal whatever the order in which a store names the parts of a rule. */
function fingerprint(rule: Raw): string {
  return JSON.stringify(sorted(rule));
}
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => [name, sorted(part)]));
}
function versionOf(rules: readonly Raw[]): string {
  return rules.length === 0 ? '' : createHash('sha256').update(rules.map(fingerprint).sort().join('\n')).digest('hex');
}
