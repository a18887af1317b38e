/** What the build adds to the output of tsc: the script and the style of report.html, and the JSON schemas for editors. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'rolldown';
import { summaryJsonSchema } from '../../../../dist/src/metrics/summary-schema.js';
import { scenarioJsonSchema } from '../../../../dist/src/scenario/schema/json-schema.js';

const PAGE = 'src/report/page/script';
const UPLOT = 'node_modules/uplot';

/** Its licence asks for its text to go with every copy, and every report is one. */
async function notice() {
  const { version } = JSON.parse(await readFile(`${UPLOT}/package.json`, 'utf8'));
  return `/*! uPlot ${version}\n${await readFile(`${UPLOT}/LICENSE`, 'utf8')}*/`;
}

await build({
  input: `${PAGE}/main.ts`,
  platform: 'browser',
  output: {
    file: 'dist/page/report.js',
    format: 'iife',
    minify: true,
    comments: false,
    postBanner: notice,
  },
});
await copyFile(`${PAGE}/report.css`, 'dist/page/report.css');

await mkdir('dist/schemas');
for (const [name, schema] of [
  ['scenario', scenarioJsonSchema()],
  ['summary', summaryJsonSchema()],
])
  await writeFile(`dist/schemas/${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
