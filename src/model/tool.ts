/** The tool's own name and version, from package.json: the one place that knows where that file is from dist/. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const require = createRequire(import.meta.url);
const manifest = require('mqtt-fleet/package.json') as {
  name: string;
  version: string;
};

export const TOOL = { name: manifest.name, version: manifest.version };

/** Folder of the package, wherever it was installed. */
export const TOOL_FOLDER = dirname(require.resolve('mqtt-fleet/package.json'));
