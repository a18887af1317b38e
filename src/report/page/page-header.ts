/** The head of a page that a person reads: what it is of, when it was made, and the facts that tell it from others. */
import type { ScenarioFacts } from '../../metrics/summary.ts';
import { formatCount } from '../text/format.ts';
import { html, type Markup } from './markup.ts';

export interface PageHeader {
  /** Command that made the page. */
  command: string;
  startedAt: string;
  title: string;
  lead: string;
  facts: string[];
}

export function pageHeader({ command, startedAt, title, lead, facts }: PageHeader): Markup {
  return html`<header>
<p class="kicker">mqtt-fleet ${command} ${timeOf(startedAt)}</p>
<h1>${title}</h1>
<p class="lead">${lead}</p>
<p class="facts">${facts.join(' · ')}</p>
</header>`;
}

/** The header of a page about what was done with a scenario. */
export function scenarioHeader(
  { devices, target, client, protocol, signmethod, workers }: ScenarioFacts,
  { command, startedAt, title }: Pick<PageHeader, 'command' | 'startedAt' | 'title'>,
): Markup {
  const threads = `${formatCount(workers)} ${workers === 1 ? 'worker' : 'workers'}`;
  return pageHeader({
    command,
    startedAt,
    title,
    lead: `${formatCount(devices)} devices → ${target}`,
    facts: [signmethod, `MQTT ${protocol}`, `client ${client}`, threads],
  });
}

export function timeOf(startedAt: string): Markup {
  const when = startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  return html`<time datetime="${startedAt}">${when}</time>`;
}
