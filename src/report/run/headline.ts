/** The six figures of a run that fit on a card. */
import type { HistogramStats } from '../../metrics/histogram/histogram.ts';
import type { Summary } from '../../metrics/summary.ts';
import type { TroubleLine } from '../../model/metrics/row.ts';
import { type Content, html, type Markup } from '../page/markup.ts';
import { count, NOT_AVAILABLE, perSec, roundMs } from '../page/numbers.ts';
import { formatBytes } from '../text/format.ts';
import { troublesIn } from './figures.ts';

interface Card {
  about: string;
  figure: Content;
  unit?: string;
  more: Content;
}

export function headline(summary: Summary): Markup {
  const cards = [
    connects(summary),
    open(summary),
    ...latencies(summary),
    messages(summary),
    throughput(summary),
  ];
  return html`<dl class="headline">${cards.map(
    ({ about, figure, unit, more }) => html`<div><dt>${about}</dt><dd><span class="figure">${figure}</span>${
      unit === undefined ? '' : html` <span class="unit">${unit}</span>`
    }<small>${more}</small></dd></div>
`,
  )}</dl>`;
}

function connects({ counters: c }: Summary): Card {
  return {
    about: 'Connects',
    figure: count(c.connects_ok),
    unit: 'ok',
    more: html`of ${count(c.connects_scheduled)} scheduled${troubles(c, 'connects')}`,
  };
}

function open({ connectionsOpen }: Summary): Card {
  if (connectionsOpen === null) return { about: 'Connections open', figure: NOT_AVAILABLE, more: '' };
  const { min, max } = connectionsOpen;
  return {
    about: 'Connections open',
    figure: count(max),
    unit: 'at most',
    more: html`at least ${count(min)} once all were started`,
  };
}

function latencies({ trends }: Summary): Card[] {
  const of = (about: string, stats: HistogramStats | null): Card => {
    if (stats === null) return { about, figure: NOT_AVAILABLE, more: '' };
    const { p50, p99, max } = stats;
    return {
      about,
      figure: roundMs(p99),
      unit: 'ms',
      more: html`p50 ${roundMs(p50)}, max ${roundMs(max)} ms`,
    };
  };
  const { connect_latency, publish_ack, message_latency } = trends;
  const ofMessages = publish_ack ?? message_latency;
  return [
    of('Connect latency, p99', connect_latency),
    of(ofMessages === message_latency ? 'Message latency, p99' : 'Publish to PUBACK, p99', ofMessages),
  ];
}

function messages({ counters: c }: Summary): Card {
  return {
    about: 'Messages',
    figure: count(c.messages_sent),
    unit: 'sent',
    more: html`${count(c.messages_acked)} acked, ${count(c.messages_received)} received${troubles(c, 'messages', 'deliveries')}`,
  };
}

function troubles(counters: Summary['counters'], ...lines: TroubleLine[]): Markup[] {
  return lines
    .flatMap((line) => troublesIn(counters, line))
    .map(({ count: number, word }) => html`, <span class="bad">${count(number)} ${word}</span>`);
}

function throughput({ trends, counters }: Summary): Card {
  const about = 'Messages per second';
  const bytes = `${formatBytes(counters.bytes_sent)} sent, ${formatBytes(counters.bytes_received)} received`;
  const stats = trends.messages_sent_per_sec;
  if (stats === null) return { about, figure: NOT_AVAILABLE, more: bytes };
  return { about, figure: perSec(stats.mean), unit: 'mean', more: bytes };
}
