/** From an error's code to what a person is told: the sentence, and the button that fixes it, from one complete table. */
import type { Reason } from '../../shared/api/contract.ts';
import { sentenceFor, type ErrorCode, type ErrorContext } from '../../shared/api/errors.ts';
import type { Fix } from '../../shared/model/states.ts';
import type { AppError } from '../base/app-error.ts';

/** Null: nothing to press; it passes by itself or is meant so. */
export const fixFor: Readonly<Record<ErrorCode, Fix | null>> = {
  network_unreachable: 'tryNow', network_timeout: 'tryNow', tls_untrusted: 'trustCertificate', not_a_store: 'tryNow',
  keys_refused: 'enterKeys', keys_missing: 'enterKeys', access_denied: 'openPlace', clock_skewed: 'openClockSettings',
  bucket_missing: 'openPlace', place_invalid: null, store_busy: 'tryNow', store_error: 'tryNow', store_full: 'openPlace',
  object_missing: 'lookAgain', object_changed: 'lookAgain', object_archived: null, restore_too_urgent: null, class_unsupported: null, object_too_large: 'reveal', object_hidden: 'renameThere',
  checksum_mismatch: 'tryNow', upload_gone: 'tryNow', key_too_long: 'renameHere',
  disk_full: 'freeSpace', disk_read_only: 'chooseFolder', disk_error: 'tryNow', file_unreadable: 'reveal', file_unwritable: 'reveal',
  file_busy: 'tryNow', file_changed: 'tryNow', file_vanished: 'lookAgain', too_many_open: 'tryNow',
  name_too_long: 'renameThere', name_unsupported: 'renameThere', name_not_text: 'renameHere', name_clash: 'renameHere', name_reserved: 'renameHere', key_hostile: 'renameThere', is_pinned: null, not_in_step: null,
  is_symlink: null, is_special: null, is_ignored: null, is_mount: null, is_nested_root: null, only_skipped: null, kind_clash: 'tryNow',
  root_missing: 'lookAgain', root_not_folder: 'chooseFolder', root_changed: 'pairAgain', root_overlaps: 'chooseFolder', root_in_use: 'chooseFolder',
  library_changed: 'pairAgain', cold_store_changed: 'tryNow', cold_store_refused: null, no_cold_store: null, library_in_use: 'chooseFolder', library_behind: 'pairAgain', listing_incomplete: 'tryNow', scan_incomplete: 'tryNow',
  mass_deletion: 'seeList', mass_overwrite: 'seeList', archived_rename: 'seeList', lifecycle_unsupported: null, lifecycle_changed: null,
  index_newer: null, index_behind: null, index_damaged: null, data_dir_in_use: null, data_dir_unusable: null, data_dir_not_empty: null, backup_unusable: null, not_running: null, nothing_set_up: null, secret_store_missing: null,
  // Of the hub: told to whoever asked, never beside an entry.
  hub_off: null, hub_misconfigured: null, certificate_unusable: null, sharing_overlaps: null, sharing_by_environment: null, sharing_other_owner: null, port_taken: null, hub_database_unusable: null, hub_database_newer: null, wrong_login: null, email_taken: null, sign_up_closed: null,
  invitation_invalid: null, setup_code_needed: null, too_many_tries: null, too_many_requests: null, tls_needed: null, csrf_needed: null, mail_off: null, last_owner: null,
  share_locked: null, upload_refused: null, upload_damaged: null, quota_exceeded: null, limit_reached: null, file_foreign: null, file_too_large: null, name_taken: null,
  bad_request: null, unauthorized: null, forbidden: null, not_found: null, stale: 'lookAgain', cancelled: null, internal: 'saveReport',
};

export function reasonOf(code: ErrorCode, context: ErrorContext = {}, nextTryAtMs: number | null = null): Reason {
  return { code, context: { ...context }, sentence: sentenceFor(code, context), fix: fixFor[code], nextTryAtMs };
}
export function reasonOfError(error: AppError, nextTryAtMs: number | null = null): Reason {
  return reasonOf(error.code, error.context, nextTryAtMs);
}
