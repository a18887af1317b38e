/** A browser for the tests: Chromium as it is installed, without a window, each page with all that it says and asks for. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { findProgram, mustBeInstalledInCi } from '../../support/program.ts';

/** Undefined if it is not installed. */
export const CHROMIUM = findProgram('chromium', 'chromium-browser', 'google-chrome');

/** For the title of what is skipped without it. */
export const NOT_INSTALLED = 'skipped: chromium is not installed';

export function chromiumMustBeInstalledInCi(): void {
  mustBeInstalledInCi('chromium', CHROMIUM);
}

/** Nothing of its own goes out to the network. */
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function startChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('chromium is not installed');
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

export interface OpenPage {
  page: Page;
  /** Addresses it asked for, its own the first. */
  requests: string[];
  /** Console messages, errors, and dialogs that it opened. */
  noises: string[];
}

export interface PageOptions {
  width: number;
  scheme: 'light' | 'dark';
}

export async function openPage(browser: Browser, url: string, options: PageOptions): Promise<OpenPage> {
  const page = await browser.newPage({
    viewport: { width: options.width, height: 900 },
    colorScheme: options.scheme,
  });
  const requests: string[] = [];
  const noises: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => noises.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => noises.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    noises.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url, { waitUntil: 'load' });
  return { page, requests, noises };
}
