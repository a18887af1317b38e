/** The keys of `auth` for `method: https`. */
import * as z from 'zod';
import { parsed } from '../../../input/fields.ts';
import { DEVICENAME_PATH } from '../service-path.ts';
import { signing } from './hmac-settings.ts';

export const shape = {
  signmethod: signing.signmethod,
  timestamp: signing.timestamp,
  url: parsed(serviceUrl, 'is no address of a service', 'https://host:port, without user name and password')
    .optional()
    .meta({ description: 'Where tokens are asked for, for a target that is a URL: https://host:port' }),
  keepAlive: z
    .boolean()
    .prefault(true)
    .meta({ description: 'false: each request has a connection of its own' }),
  resources: z
    .boolean()
    .prefault(true)
    .meta({ description: 'Ask for the address to connect to as well, and go there (over mqtt and mqtts)' }),
  extension: z
    .boolean()
    .prefault(true)
    .meta({ description: 'false: the client id goes without |securemode=-1,…|' }),
};

/** Without a path it is that of the platform. */
function serviceUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!['https:', 'http:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    return undefined;
  url.hash = '';
  if (url.pathname === '/') url.pathname = DEVICENAME_PATH;
  return url.href;
}
