/** What a reader of the signing experiment wants first: which method costs least, by how much, and whether that matters to a connect. */
import { SIGNMETHODS } from '../model/scenario.ts';
import { html, type Markup } from '../report/page/markup.ts';
import { type Mark, type VerdictCell, verdictCells } from '../report/page/verdicts.ts';
import { formatCount } from '../report/text/format.ts';
import {
  type MethodComparison,
  ONLINE_WAYS,
  type OnlineCost,
  type SignCost,
  type ThreadCost,
} from './sign-cost-report.ts';

export function signCostAnswer({ threads, online }: SignCost): Markup {
  const [first] = threads;
  const cells = [cheapest(first!), ...first!.comparisons.map(compared)];
  return html`${verdictCells(cells)}<p class="answer">${ofConnect(online)}</p>`;
}

function cheapest({ methods, threads }: ThreadCost): VerdictCell {
  const [least] = SIGNMETHODS.flatMap((name) => {
    const method = methods[name];
    return method === undefined ? [] : [{ name, ns: method.ns.mean }];
  }).sort((a, b) => a.ns - b.ns);
  return {
    about: `Least mean of a login, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
    mark: 'none',
    word: least?.name ?? '–',
    more: least === undefined ? '' : `${formatCount(least.ns)} ns`,
  };
}

const MARKS: Record<MethodComparison['verdict'], Mark> = {
  faster: 'good',
  slower: 'bad',
  'no measurable difference': 'none',
};

function compared({ a, b, ratio, difference, differenceCi95, verdict }: MethodComparison): VerdictCell {
  const percent = `${(Math.abs(ratio - 1) * 100).toFixed(1)} %`;
  const [least, most] = differenceCi95.map(Math.abs).sort((one, other) => one - other);
  const amounts = `${formatCount(least!)} to ${formatCount(most!)}`;
  const isClear = verdict !== 'no measurable difference';
  const more = difference < 0 ? 'less' : 'more';
  return {
    about: `${a} against ${b}`,
    mark: MARKS[verdict],
    word: isClear ? `${percent} ${verdict}` : verdict,
    more: isClear ? `${amounts} ns ${more} a login` : `ratio ${ratio.toFixed(3)}`,
  };
}

function ofConnect(online: OnlineCost | null): string {
  if (online === null) return 'What that is of a whole connect was not measured: --online does.';
  const shares = ONLINE_WAYS.flatMap((name) => {
    const share = online.methods[name]?.signShare;
    return share === undefined || share === null ? [] : [`${(share.share * 100).toFixed(2)} % with ${name}`];
  });
  const clear = online.comparisons.filter(({ verdict }) => verdict !== 'no measurable difference');
  const differ =
    clear.length === 0
      ? 'no method connects measurably faster than another'
      : clear.map(({ a, b, verdict }) => `${a} connects ${verdict} than ${b}`).join(', ');
  return `Of a whole connect, signing is ${shares.length === 0 ? 'n/a' : shares.join(', ')}; ${differ}.`;
}
