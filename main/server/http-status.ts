/** Which HTTP status goes with which error code: a table that the compiler checks for completeness. */
import type { ErrorCode } from '../../shared/api/errors.ts';

export const httpStatusOf: Readonly<Record<ErrorCode, number>> = {
  network_unreachable: 503, network_timeout: 504, tls_untrusted: 502, not_a_store: 502,
  keys_refused: 502, keys_missing: 409, access_denied: 502, clock_skewed: 502,
  bucket_missing: 409, place_invalid: 400, store_busy: 503, store_error: 502, store_full: 507,
  object_missing: 404, object_changed: 409, object_archived: 409, restore_too_urgent: 409, class_unsupported: 409, object_too_large: 409, object_hidden: 409,
  checksum_mismatch: 502, upload_gone: 409, key_too_long: 409,
  disk_full: 507, disk_read_only: 409, disk_error: 500, file_unreadable: 409, file_unwritable: 409, file_busy: 409,
  file_changed: 409, file_vanished: 404, too_many_open: 503,
  name_too_long: 409, name_unsupported: 409, name_not_text: 409, name_clash: 409, name_reserved: 409,
  is_pinned: 409, not_in_step: 409, key_hostile: 409, is_symlink: 409, is_special: 409, is_ignored: 409, is_mount: 409, is_nested_root: 409,
  only_skipped: 409, kind_clash: 409,
  root_missing: 409, root_not_folder: 409, root_changed: 409, root_overlaps: 409, root_in_use: 409,
  library_changed: 409, cold_store_changed: 409, cold_store_refused: 409, no_cold_store: 409, library_in_use: 409, library_behind: 409,
  listing_incomplete: 502, scan_incomplete: 409, mass_deletion: 409, mass_overwrite: 409, archived_rename: 409, lifecycle_unsupported: 409, lifecycle_changed: 409,
  index_newer: 500, index_behind: 409, index_damaged: 500, data_dir_in_use: 409, data_dir_unusable: 500, data_dir_not_empty: 409, backup_unusable: 409, not_running: 503, nothing_set_up: 409,
  secret_store_missing: 409,
  hub_off: 404, hub_misconfigured: 500, certificate_unusable: 400, sharing_overlaps: 409, sharing_by_environment: 409, sharing_other_owner: 409, port_taken: 409, hub_database_unusable: 503, hub_database_newer: 500,
  wrong_login: 401, email_taken: 409, sign_up_closed: 403, invitation_invalid: 403, setup_code_needed: 403,
  mail_off: 409, too_many_tries: 429, too_many_requests: 429, tls_needed: 409, csrf_needed: 403, last_owner: 409,
  share_locked: 401, upload_refused: 400, upload_damaged: 460, quota_exceeded: 413, limit_reached: 409, file_foreign: 403, file_too_large: 413, name_taken: 409,
  bad_request: 400, unauthorized: 401, forbidden: 403, not_found: 404, stale: 409, cancelled: 409, internal: 500,
};
