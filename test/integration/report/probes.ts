/** What is asked of a page in the browser. The functions run there: they know nothing of this file. */
import type { Page } from 'playwright-core';

/** Of each figure with a canvas: how many of its pixels have the colour of the line that has most of them. */
export function linePixels(page: Page): Promise<Record<string, number>> {
  return page.locator('figure:has(canvas)').evaluateAll((figures) =>
    Object.fromEntries(
      figures.map((figure) => {
        const view = figure.ownerDocument.defaultView;
        const canvas = figure.querySelector('canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const shown = [...figure.querySelectorAll('button[aria-pressed="true"] .swatch')];
        const counts = shown.map((swatch) => {
          const [red, green, blue] = view.getComputedStyle(swatch).color.match(/\d+/g).map(Number);
          let count = 0;
          for (let at = 0; at < data.length; at += 4) {
            const away =
              Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue);
            if (data[at + 3] > 200 && away < 24) count++;
          }
          return count;
        });
        return [figure.id, Math.max(0, ...counts)];
      }),
    ),
  );
}

/** The exact values of each row of a table, by the name of the row. */
export function rowsOf(page: Page, heading: string): Promise<Record<string, number[]>> {
  return page
    .locator('section', { has: page.getByRole('heading', { name: heading, exact: true }) })
    .locator('tbody tr')
    .evaluateAll((rows) =>
      Object.fromEntries(
        rows.map((row) => [
          row.querySelector('th').textContent,
          [...row.querySelectorAll('data')].map((data) => Number(data.value)),
        ]),
      ),
    );
}

/** Names and exact values of a list of pairs. */
export function pairsOf(page: Page, heading: string): Promise<Record<string, number>> {
  return page
    .locator('section', { has: page.getByRole('heading', { name: heading, exact: true }) })
    .locator('.pairs > div:has(data)')
    .evaluateAll((pairs) =>
      Object.fromEntries(
        pairs.map((pair) => [pair.querySelector('dt').textContent, Number(pair.querySelector('data').value)]),
      ),
    );
}

/** How far the page is wider than the window. */
export async function overflow(page: Page): Promise<number> {
  return page.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth);
}

export function backgroundOf(page: Page): Promise<string> {
  return page
    .locator('body')
    .evaluate((body) => body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor);
}

/** Labels and cells of one word that takes more than one line. */
export function brokenWords(page: Page): Promise<string[]> {
  return page.locator('dt, dd, th, td').evaluateAll((elements) =>
    elements.flatMap((element) => {
      const text = element.textContent.trim();
      if (text === '' || /[\s-]/.test(text) || element.children.length > 0) return [];
      const range = element.ownerDocument.createRange();
      range.selectNodeContents(element);
      return range.getClientRects().length > 1 ? [text] : [];
    }),
  );
}
