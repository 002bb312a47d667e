/** The faults that are tried, by id: process, disk, watcher, names and kinds, network and stores, several devices, tiers. */
function range(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => `F${String(from + at).padStart(2, '0')}`);
}

export const faultIds: readonly string[] = [...range(1, 7), ...range(10, 16), ...range(20, 26), ...range(30, 38), ...range(40, 55), ...range(60, 66), 'F70'];
export const promises: readonly string[] = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9'];
