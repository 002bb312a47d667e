/** The store suite on a real Ceph gateway, where Ceph is installed. */
import { startRgw } from '../testing/servers.ts';
import { describeStore } from '../testing/store-conformance.ts';
import { storeOn } from '../testing/store-under-test.ts';

describeStore('Ceph RGW', () => storeOn(startRgw(), { mayBeMissing: true }));
