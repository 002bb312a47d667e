/** The closed list of error codes, each with the sentence a person reads; `{name}` parts are filled from the error's safe context. */

export const errorSentences = {
  network_unreachable: '{place} can’t be reached. Changes wait here and go on by themselves when it answers.',
  network_timeout: '{place} did not answer in time. Strata tries again by itself.',
  tls_untrusted: 'The certificate of {place} is not known. Check its fingerprint and trust it, or use the right address.',
  not_a_store: '{place} answered, but not as a bucket does. Is there a log-in page in between, or is the address wrong?',
  keys_refused: 'The keys were refused by {place}. Nothing was changed. Enter the right keys.',
  keys_missing: 'There are no keys for {place}. Enter the access key and the secret key.',
  access_denied: '{place} does not allow this ({action}). Ask its owner for the right, then try again.',
  clock_skewed: 'This computer’s clock is wrong, so {place} refuses it. Set the clock, then try again.',
  bucket_missing: 'The bucket {bucket} does not exist at {place}. Check its name, or create it.',
  place_invalid: 'The address of the place is not usable: {detail}. Use s3://bucket/prefix?endpoint=… or folder:/path.',
  store_busy: '{place} is busy. Strata slows down and tries again.',
  store_error: '{place} reported a problem of its own ({detail}). Strata tries again.',
  store_full: '{place} has no room left. Free up space there; the changes wait here.',
  object_missing: 'The file is no longer in {place}. Strata looks again.',
  object_changed: 'The file changed in {place} meanwhile. Strata looks again.',
  object_archived: 'The file is in the archive of {place} and must be brought back before it can be read.',
  object_too_large: 'The file is larger than {place} takes. Keep it out of this folder or use another place.',
  object_hidden: 'A file with a folder’s name hides this file in {place}. Rename one of the two there.',
  checksum_mismatch: 'The bytes that arrived are not the ones that were stored. Nothing was replaced; Strata reads them again.',
  upload_gone: 'The unfinished upload is no longer known in {place}. Strata starts it anew.',
  key_too_long: 'The name is longer than the 1,024 bytes that {place} holds. Use a shorter name.',
  disk_full: 'The disk has too little room left. Free up space; the downloads wait.',
  disk_read_only: 'The folder {root} can’t be written to. Allow writing or choose another folder.',
  disk_error: 'The disk reported a problem ({detail}). Check the disk; Strata tries again.',
  file_unreadable: 'This computer may not read the file. Allow reading it; Strata then goes on by itself.',
  file_unwritable: 'This computer may not write here. Allow writing; Strata then goes on by itself.',
  file_busy: 'The file is open in another program. Strata tries again.',
  file_changed: 'The file changed while it was read. It goes up when it is quiet.',
  file_vanished: 'The file is no longer there. Strata looks again.',
  too_many_open: 'Too many files are open on this computer. Strata slows down and tries again.',
  name_too_long: 'The name is too long for this disk. It stays in the place; use a shorter name there.',
  name_unsupported: 'This computer can’t hold the name. It stays in the place. Rename it there.',
  name_not_text: 'The name is not valid text (UTF-8), so no place can hold it. Rename the file.',
  name_clash: 'Another name here differs only in case or accents, and this disk can’t hold both. Rename one of the two.',
  name_reserved: 'The name belongs to Strata itself, so the file is left alone. Rename it.',
  key_hostile: 'The name in the place points outside the folder, so it is never written here. Rename it there.',
  is_symlink: 'Links are not followed. What the link points to is not synced.',
  is_special: 'This is not an ordinary file (a pipe, socket or device), so it is not synced.',
  is_ignored: 'Left out on purpose by {pattern}.',
  is_mount: 'Another disk is mounted here. Strata does not cross into other disks.',
  is_nested_root: 'This folder is synced on its own.',
  only_skipped: 'The folder holds only things that are skipped, so it is not sent.',
  kind_clash: 'A file and a folder have the same name. Strata renames the file.',
  root_missing: 'The folder {root} is not there. Is a drive unplugged? Nothing was deleted.',
  root_not_folder: '{root} is not a folder. Choose a folder.',
  root_changed: 'The folder {root} does not carry Strata’s mark for this place. Nothing was changed. Look again or pair it anew.',
  root_overlaps: '{root} lies inside or around {other}, which is synced already. Choose another folder.',
  root_in_use: '{root} is already kept in step by another Strata on this computer.',
  library_changed: 'This place does not carry Strata’s mark for {root}. Nothing was changed. Look again or pair it anew.',
  library_in_use: 'This place is already kept in step with {other}. Choose another place or folder.',
  library_behind: 'The place looks as if it had been put back to an older state. Nothing was changed. Look at it, then agree.',
  listing_incomplete: 'The list of files from {place} was not complete. Nothing was deleted. Strata asks again.',
  scan_incomplete: 'The folder {root} could not be read completely. Nothing was deleted. Strata looks again.',
  mass_deletion: '{count} files were deleted {where}. Strata has not deleted them {elsewhere}.',
  mass_overwrite: '{count} files were changed {where} in a way that looks like damage. Strata has not passed that on.',
  index_newer: 'This folder’s records were made by a newer Strata. Use that version; nothing was changed.',
  index_behind: 'Strata’s records of this folder were older than the folder or the place. Both sides were compared anew; nothing is deleted by that.',
  index_damaged: 'Strata’s records were damaged and have been set aside. They are made anew; your files are untouched.',
  data_dir_in_use: 'Strata already runs with this data folder.',
  data_dir_unusable: 'The data folder {detail} can’t be used. Choose another with --data.',
  not_running: 'Strata is not running with this data folder.',
  nothing_set_up: 'Nothing is set up in this data folder yet. Start with: strata sync FOLDER STORE.',
  secret_store_missing: 'There is no keychain on this computer. Set STRATA_SECRET_KEY to keep keys in an encrypted file.',
  bad_request: 'That request can’t be understood: {detail}.',
  unauthorized: 'This needs a session. Open Strata again from its icon or command.',
  forbidden: 'That is not allowed from here.',
  not_found: 'There is no {what} of that name.',
  stale: 'That was already settled or has changed. Look again.',
  cancelled: 'Stopped at your word.',
  internal: 'Strata met a problem of its own. Nothing was lost. Save a report under Settings, About.',
} as const;

export type ErrorCode = keyof typeof errorSentences;
export const errorCodes = Object.keys(errorSentences) as ErrorCode[];
export type ErrorContext = Readonly<Record<string, string | number>>;

/** The sentence with its blanks filled; a blank without a value becomes a neutral word, never the raw template. */
export function sentenceFor(code: ErrorCode, context: ErrorContext = {}): string {
  return errorSentences[code].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = context[name];
    return value === undefined ? neutralWords[name] ?? 'it' : String(value);
  });
}
const neutralWords: Readonly<Record<string, string>> = {
  place: 'the place', root: 'the folder', action: 'this action', bucket: 'that bucket', detail: 'no detail', pattern: 'a rule',
  other: 'another folder', count: 'Many', where: 'at once', elsewhere: 'elsewhere', what: 'such thing',
};
