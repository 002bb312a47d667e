/** One bit per row id: what an observation saw, 125 kB per million rows (rule 10). */
export interface SeenBits {
  add(id: number): void;
  has(id: number): boolean;
}

export function createSeenBits(): SeenBits {
  let bits = new Uint8Array(4096);
  return {
    add: (id) => {
      const at = id >>> 3;
      if (at >= bits.length) {
        const larger = new Uint8Array(Math.max(bits.length * 2, at + 4096));
        larger.set(bits);
        bits = larger;
      }
      bits[at] = (bits[at] ?? 0) | (1 << (id & 7));
    },
    has: (id) => ((bits[id >>> 3] ?? 0) & (1 << (id & 7))) !== 0,
  };
}
