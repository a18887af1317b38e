/** The tool's own name and version, from package.json: the one place that knows where that file is from dist/. */
import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('mqtt-fleet/package.json') as {
  name: string;
  version: string;
};

export const TOOL = { name: manifest.name, version: manifest.version };
