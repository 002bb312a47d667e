/** What happened in a run, as lines and as one number: two runs of one seed must give the same. */

export class Trace {
  /** Kept only when somebody wants to read them. */
  readonly lines: string[] | null;
  #low = 0x811c9dc5;
  #high = 0x01000193;
  count = 0;

  constructor(keepsLines: boolean) {
    this.lines = keepsLines ? [] : null;
  }
  note(line: string): void {
    this.count += 1;
    this.lines?.push(line);
    for (let index = 0; index < line.length; index += 1) {
      const code = line.charCodeAt(index);
      this.#low = Math.imul(this.#low ^ code, 0x01000193);
      this.#high = Math.imul(this.#high + code, 0x85ebca6b) ^ (this.#low >>> 7);
    }
  }
  get hash(): string {
    return `${(this.#low >>> 0).toString(16).padStart(8, '0')}${(this.#high >>> 0).toString(16).padStart(8, '0')}`;
  }
}
