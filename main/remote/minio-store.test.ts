/** The store suite on a real MinIO. */
import { startMinio } from '../testing/servers.ts';
import { describeStore } from '../testing/store-conformance.ts';
import { storeOn } from '../testing/store-under-test.ts';

describeStore('MinIO', () => storeOn(startMinio()));
describeStore('MinIO with versions', () => storeOn(startMinio(), { versioning: true }));
