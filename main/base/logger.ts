/** The log: pino JSON lines in `logs/strata.log` of the data dir, private, bounded in size, and never with a secret in it. */
import fs from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { correlationId } from './correlation.ts';

export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}
export interface AppLogger extends Logger {
  /** From now on this value is never printed, wherever it turns up (a URL, an error's text, a header). */
  addSecret(value: string): void;
  close(): void;
}

/** Below this a value would also be part of ordinary words, and taking it out would spoil every line. */
const shortestSecret = 4;
const secretKeys = ['authorization', 'token', 'secret', 'password', 'secretAccessKey', 'sessionToken', 'accessKeyId', 'ticket', 'cookie', 'set-cookie', 'new_password', 'current_password', 'invitation', 'reset_code', 'setup_code', 'access_token', 'access_url'];
const redactedPaths = ['', '*.', '*.*.'].flatMap((prefix) => secretKeys.map((key) => prefix + key));

/** Takes known secrets out of any text, in the spellings in which they turn up in JSON and URLs. */
export class SecretScrubber {
  readonly #spellings = new Set<string>();

  add(value: string): void {
    if (value.length < shortestSecret) return;
    this.#spellings.add(value);
    this.#spellings.add(JSON.stringify(value).slice(1, -1));
    this.#spellings.add(encodeURIComponent(value));
    this.#spellings.add(Buffer.from(value).toString('base64'));
  }

  scrub(text: string): string {
    let clean = text;
    for (const spelling of this.#spellings) if (clean.includes(spelling)) clean = clean.replaceAll(spelling, '[secret]');
    return clean;
  }
}

/** Appends lines to one file and sets it aside when it is full: at most `keep` old ones, so that a log never fills the disk. */
class RotatingFile {
  readonly #file: string;
  readonly #mostBytes: number;
  readonly #keep: number;
  #handle: number;
  #sizeBytes: number;

  constructor(file: string, mostBytes: number, keep: number) {
    this.#file = file;
    this.#mostBytes = mostBytes;
    this.#keep = keep;
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    this.#handle = fs.openSync(file, 'a', 0o600);
    this.#sizeBytes = fs.fstatSync(this.#handle).size;
  }

  write(line: string): void {
    if (this.#sizeBytes > this.#mostBytes) this.#rotate();
    // A full disk must not stop the sync that would say so.
    try {
      this.#sizeBytes += fs.writeSync(this.#handle, line);
    } catch {
      this.#sizeBytes += 0;
    }
  }

  #rotate(): void {
    fs.closeSync(this.#handle);
    for (let age = this.#keep; age >= 1; age -= 1) {
      const from = age === 1 ? this.#file : `${this.#file}.${age - 1}`;
      if (fs.existsSync(from)) fs.renameSync(from, `${this.#file}.${age}`);
    }
    this.#handle = fs.openSync(this.#file, 'a', 0o600);
    this.#sizeBytes = 0;
  }

  close(): void {
    fs.closeSync(this.#handle);
  }
}

export function openLogger(options: { readonly dataDir: string; readonly level?: 'debug' | 'info' | 'warn' | 'error'; readonly mostBytes?: number; readonly keep?: number }): AppLogger {
  const file = new RotatingFile(path.join(options.dataDir, 'logs', 'strata.log'), options.mostBytes ?? 5_000_000, options.keep ?? 3);
  const scrubber = new SecretScrubber();
  let open = true;
  const destination = { write: (line: string): void => { if (open) file.write(scrubber.scrub(line)); } };
  const log = pino(
    {
      level: options.level ?? 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: redactedPaths, censor: '[secret]' },
      mixin: () => {
        const request = correlationId();
        return request === undefined ? {} : { request };
      },
      serializers: { err: pino.stdSerializers.errWithCause, error: pino.stdSerializers.errWithCause, cause: pino.stdSerializers.errWithCause },
    },
    destination,
  );
  return {
    debug: (fields, text) => log.debug(fields, text),
    info: (fields, text) => log.info(fields, text),
    warn: (fields, text) => log.warn(fields, text),
    error: (fields, text) => log.error(fields, text),
    addSecret: (value) => scrubber.add(value),
    close: () => { if (open) file.close(); open = false; },
  };
}

/** For tests and commands that leave no log. */
export const silentLogger: AppLogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, addSecret: () => {}, close: () => {} };
