/** `strata thaw`: what bringing archived files back costs and takes, and the wish itself. */
import type { ThawPlan } from '../../shared/api/contract.ts';
import { restoreSpeeds, type RestoreSpeed } from '../../shared/model/thaw.ts';
import { AppError } from '../base/app-error.ts';
import { tell, type CommandContext, type ExitCode } from './command-context.ts';
import type { Connection } from './connection.ts';
import { sizeText } from './printing.ts';
import { pathsByRoot } from './tier-commands.ts';

export async function thawCommand(context: CommandContext, strata: Connection): Promise<ExitCode> {
  const speed = speedOf(context.values.get('speed') ?? 'standard');
  const days = Number(context.values.get('days') ?? 7);
  if (!Number.isInteger(days) || days < 1 || days > 365) throw new AppError('bad_request', { detail: '--days needs a number from 1 to 365' });
  const byRoot = await pathsByRoot(context, strata);
  const plans: { readonly rootId: string; readonly paths: string[]; readonly plan: ThawPlan }[] = [];
  for (const [rootId, paths] of byRoot) plans.push({ rootId, paths, plan: await strata.call('previewThaw', { rootId, paths, days }) });
  if (context.switches.has('preview')) {
    const sum = (of: (plan: ThawPlan) => number): number => plans.reduce((total, one) => total + of(one.plan), 0);
    tell(context, { files: sum((plan) => plan.files), bytes: sum((plan) => plan.bytes), alreadyComing: sum((plan) => plan.alreadyComing), folders: plans.map((one) => one.plan) }, plans.flatMap((one) => planLines(one.plan)));
    return 0;
  }
  const total = { files: 0, bytes: 0, alreadyComing: 0, failed: 0, price: 0 as number | null, currency: null as string | null };
  const lines: string[] = [];
  for (const { rootId, paths, plan } of plans) {
    const one = await strata.call('startThaw', { rootId, paths, speed, days, toDisk: true });
    const offer = plan.speeds.find((offered) => offered.speed === speed);
    total.files += one.files;
    total.bytes += one.bytes;
    total.alreadyComing += one.alreadyComing;
    total.failed += one.failed;
    total.price = total.price === null || offer === undefined || offer.price === null ? null : total.price + offer.price;
    total.currency ??= plan.currency;
    if (one.files > 0 && offer !== undefined) lines.push(`${one.files} files, ${sizeText(one.bytes)}, are coming back: ${offerText(offer, plan)}.`);
    if (one.alreadyComing > 0) lines.push(`${one.alreadyComing} files were on their way already.`);
  }
  if (total.failed > 0) context.complain(`${total.failed} files could not be asked for: ${(await strata.call('readThaws', {})).thaws.find((thaw) => thaw.state === 'failed')?.reason?.sentence ?? ''}`);
  tell(context, total, lines.length === 0 ? ['Nothing of it is in the archive.'] : lines);
  return total.failed > 0 ? 2 : 0;
}

function speedOf(text: string): RestoreSpeed {
  const found = restoreSpeeds.find((speed) => speed === text);
  if (found === undefined) throw new AppError('bad_request', { detail: '--speed needs standard, bulk or expedited' });
  return found;
}
function planLines(plan: ThawPlan): readonly string[] {
  if (plan.files === 0) return [plan.alreadyComing === 0 ? 'Nothing of it is in the archive.' : `${plan.alreadyComing} files are on their way already.`];
  return [`${plan.files} files, ${sizeText(plan.bytes)}:`, ...plan.speeds.map((offer) => `  ${offer.speed.padEnd(10)} ${offerText(offer, plan)}`)];
}
function offerText(offer: ThawPlan['speeds'][number], plan: ThawPlan): string {
  const price = offer.price === null ? 'no price known' : `about ${offer.price.toFixed(2)} ${plan.currency ?? ''} (estimate, prices of ${plan.pricesDate ?? 'no date'})`;
  return `${offer.speed}, ${timeText(offer.fromMs, offer.toMs)}, ${price}`;
}
function timeText(fromMs: number, toMs: number): string {
  const hour = 3_600_000;
  return toMs < hour ? `${Math.round(fromMs / 60_000)} to ${Math.round(toMs / 60_000)} minutes` : `${Math.round(fromMs / hour)} to ${Math.round(toMs / hour)} hours`;
}
