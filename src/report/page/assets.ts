/** What the build made for the page, and the rule by which a browser lets it run. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Folder of the built assets, from wherever this file runs: the source or what was built of it. */
const PAGE = join(dirname(createRequire(import.meta.url).resolve('mqtt-fleet/package.json')), 'dist/page');

export interface Assets {
  style: string;
  script: string;
  /** Content-Security-Policy that allows nothing but these two, not even an image: what a device's name might smuggle in stays dead. */
  policy: string;
}

let assets: Assets | undefined;

/** Read once. */
export function pageAssets(): Assets {
  if (assets === undefined) {
    const [style, script] = ['report.css', 'report.js'].map((name) => readFileSync(join(PAGE, name), 'utf8'));
    assets = { style: style!, script: script!, policy: policyFor(style!, script!) };
  }
  return assets;
}

function policyFor(style: string, script: string): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const rules = [`script-src ${hash(script)}`, `style-src ${hash(style)}`, 'img-src data:'];
  return ["default-src 'none'", ...rules, "base-uri 'none'", "form-action 'none'"].join('; ');
}
