/** What an error means for the work: one row per code, so that nobody decides it in a catch. */
import type { ErrorCode } from '../../../shared/api/errors.ts';

export type ErrorPolicy =
  /** This entry again, with back-off; others go on. */
  | 'retry'
  /** The place does not answer: the whole root waits and tries again. */
  | 'waitForPlace'
  /** Downloads wait for room; uploads go on. */
  | 'waitForSpace'
  /** Until the user gives keys or rights. */
  | 'waitForCredentials'
  /** This entry can't be synced until something about it changes. */
  | 'skipEntry'
  /** What was expected is no longer so: observe the entry again and plan anew. */
  | 'lookAgain'
  /** The root is not what it was: nothing more is done to it. */
  | 'stopRoot'
  /** Not an error of the entry: the work was called off. */
  | 'calledOff';

export const errorPolicies: Readonly<Record<ErrorCode, ErrorPolicy>> = {
  network_unreachable: 'waitForPlace', network_timeout: 'waitForPlace', tls_untrusted: 'waitForCredentials', not_a_store: 'waitForPlace',
  keys_refused: 'waitForCredentials', keys_missing: 'waitForCredentials', access_denied: 'retry', clock_skewed: 'waitForPlace',
  bucket_missing: 'stopRoot', place_invalid: 'stopRoot', store_busy: 'retry', store_error: 'retry', store_full: 'retry',
  object_missing: 'lookAgain', object_changed: 'lookAgain', object_archived: 'skipEntry', restore_too_urgent: 'skipEntry', class_unsupported: 'skipEntry', object_too_large: 'skipEntry', object_hidden: 'skipEntry',
  checksum_mismatch: 'retry', upload_gone: 'retry', key_too_long: 'skipEntry', disk_full: 'waitForSpace', disk_read_only: 'retry', disk_error: 'retry',
  file_unreadable: 'retry', file_unwritable: 'retry', file_busy: 'retry', file_changed: 'lookAgain', file_vanished: 'lookAgain', too_many_open: 'retry',
  name_too_long: 'skipEntry', name_unsupported: 'skipEntry', name_not_text: 'skipEntry', name_clash: 'skipEntry', name_reserved: 'skipEntry', is_pinned: 'skipEntry', not_in_step: 'retry', key_hostile: 'skipEntry',
  is_symlink: 'skipEntry', is_special: 'skipEntry', is_ignored: 'skipEntry', is_mount: 'skipEntry', is_nested_root: 'skipEntry', only_skipped: 'skipEntry', kind_clash: 'skipEntry',
  root_missing: 'stopRoot', root_not_folder: 'stopRoot', root_changed: 'stopRoot', root_overlaps: 'stopRoot', root_in_use: 'stopRoot',
  library_changed: 'stopRoot', cold_store_changed: 'waitForPlace', cold_store_refused: 'stopRoot', no_cold_store: 'stopRoot', library_in_use: 'stopRoot', library_behind: 'stopRoot', listing_incomplete: 'waitForPlace', scan_incomplete: 'retry',
  mass_deletion: 'skipEntry', mass_overwrite: 'skipEntry', archived_rename: 'skipEntry', index_newer: 'stopRoot', index_behind: 'stopRoot', index_damaged: 'stopRoot', data_dir_in_use: 'stopRoot', data_dir_unusable: 'stopRoot', data_dir_not_empty: 'stopRoot', backup_unusable: 'stopRoot',
  not_running: 'stopRoot', nothing_set_up: 'stopRoot', secret_store_missing: 'waitForCredentials', bad_request: 'skipEntry', unauthorized: 'waitForCredentials',
  // Of the hub: they never come from work of the engine.
  hub_off: 'skipEntry', hub_misconfigured: 'skipEntry', certificate_unusable: 'skipEntry', sharing_overlaps: 'skipEntry', sharing_by_environment: 'skipEntry', sharing_other_owner: 'skipEntry', port_taken: 'skipEntry', hub_database_unusable: 'skipEntry', hub_database_newer: 'skipEntry', wrong_login: 'skipEntry', email_taken: 'skipEntry', sign_up_closed: 'skipEntry',
  invitation_invalid: 'skipEntry', setup_code_needed: 'skipEntry', too_many_tries: 'skipEntry', too_many_requests: 'skipEntry', tls_needed: 'skipEntry', csrf_needed: 'skipEntry', mail_off: 'skipEntry', last_owner: 'skipEntry',
  share_locked: 'skipEntry', upload_refused: 'skipEntry', upload_damaged: 'skipEntry', quota_exceeded: 'skipEntry', limit_reached: 'skipEntry', file_foreign: 'skipEntry', file_too_large: 'skipEntry', name_taken: 'skipEntry',
  lifecycle_unsupported: 'skipEntry', lifecycle_changed: 'skipEntry',
  forbidden: 'skipEntry', not_found: 'skipEntry', stale: 'lookAgain', cancelled: 'calledOff', internal: 'retry',
};

const longestPlainMs = 900_000;
/** No wait for one more try is longer, in ms. */
export const longestBackOffMs = longestPlainMs * 1.25;
/** Wait before try number `attempts` + 1, in ms: 2 s doubling to 15 min, each spread by ±25 % so that many entries do not knock together. */
export function backOffMs(attempts: number, chance: number): number {
  const plain = Math.min(2000 * 2 ** Math.max(0, attempts - 1), longestPlainMs);
  return Math.round(plain * (0.75 + 0.5 * chance));
}
