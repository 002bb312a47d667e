/** The commands of "Share on my network": what this computer's owner sees and says about it. */
import { z } from 'zod';
import { row } from './contract-row.ts';
import { errorCodes, type ErrorCode } from './errors.ts';
import { email, newPassword } from './hub-contract.ts';

export const sharingCertificateSchema = z.discriminatedUnion('kind', [
  /** Made once and kept in the data folder. */
  z.object({ kind: z.literal('generated') }),
  z.object({ kind: z.literal('files'), certificateFile: z.string().min(1).max(4096), keyFile: z.string().min(1).max(4096) }),
]);
const empty = z.object({}).strict();
const done = z.object({ undo: z.string().nullable() });
const whySchema = z.object({ code: z.enum(errorCodes as [ErrorCode, ...ErrorCode[]]), sentence: z.string() });

export const sharingContract = {
  readSharing: row('GET', '/sharing', 'session', 'Whether and how this computer shares on its network.', empty, z.object({
    /** `environment`: set up by variables, and only changed there. */
    state: z.enum(['off', 'on', 'environment']),
    /** The folder whose place is the owner’s space; where nothing was chosen yet, the first. */
    rootId: z.string().nullable(), ownerEmail: z.string().nullable(), membersPlace: z.string().nullable(), port: z.number().int(), certificate: sharingCertificateSchema,
    /** Where others reach it, the likeliest first. */
    addresses: z.array(z.string()), fingerprint: z.string().nullable(), problem: whySchema.nullable(),
  })),
  startSharing: row('POST', '/sharing', 'owner', 'Shares on the network over TLS; the first time it makes the owner’s account.', z.object({
    rootId: z.string().min(1).max(64), email: email.optional(), password: newPassword.optional(), membersPlace: z.string().min(1).max(2000).optional(),
    port: z.number().int().min(1024).max(65_535).default(8643), certificate: sharingCertificateSchema.default({ kind: 'generated' }),
  }), done),
  stopSharing: row('DELETE', '/sharing', 'owner', 'Shares nothing any more; accounts and files stay.', empty, done),
} as const;
