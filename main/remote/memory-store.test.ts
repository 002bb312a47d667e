/** The fake bucket keeps the promises of real ones, with and without their vices. */
import { systemClock } from '../base/clock.ts';
import { MemoryBucket, type MemoryBucketOptions } from '../testing/memory-store.ts';
import { describeStore } from '../testing/store-conformance.ts';

function memory(options: Partial<MemoryBucketOptions>): Parameters<typeof describeStore>[1] {
  return async () => {
    const bucket = new MemoryBucket({ clock: systemClock, ...options });
    return { store: bucket.device(), other: bucket.device(), close: async () => undefined };
  };
}
describeStore('memory store', memory({}));
describeStore('memory store like MinIO', memory({ ignoresConditionalDelete: true, fileHidesFolder: true, pageSize: 2 }));
describeStore('memory store like RGW, with versions', memory({ ignoresConditionalDelete: true, ignoresConditionalComplete: true, versioning: true }));
describeStore('memory store with an archive', memory({ archivedClasses: ['GLACIER', 'DEEP_ARCHIVE'] }));
