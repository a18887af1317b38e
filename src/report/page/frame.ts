/** What every page is made of: its head, its style, its data and the script that draws them; sections and figures. */

import type { TitledChart } from '../run/time-charts.ts';
import { pageAssets } from './assets.ts';
import { isEmpty, type PageData } from './chart.ts';
import { dataBlock, html, Markup } from './markup.ts';
import { NOT_AVAILABLE } from './numbers.ts';

export interface Page {
  title: string;
  tool: { name: string; version: string };
  body: Markup;
  data: PageData;
}

/** The page as one file that needs nothing else. */
export function framed({ title, tool, body, data }: Page): string {
  const { style, script, policy } = pageAssets();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${tool.name} ${tool.version}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
${body}
${dataBlock('data', data)}
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

export function section(title: string, lead: Markup | undefined, content: Markup): Markup {
  return html`<section>
<h2>${title}</h2>
${lead && html`<p class="note">${lead}</p>`}
${content}
</section>`;
}

export function figure({ title, chart }: TitledChart): Markup {
  const unit = chart.scale === 'log' ? `${chart.unit}, log scale` : chart.unit;
  const plot = isEmpty(chart)
    ? html`<p>${NOT_AVAILABLE}</p>`
    : html`<div class="legend"></div><div class="plot" role="img" aria-label="${title}, ${unit}"></div>`;
  return html`<figure id="${chart.id}"><figcaption>${title} <span class="unit">${chart.unit === 'count' ? '' : unit}</span><span class="where"></span></figcaption>${plot}</figure>
`;
}
