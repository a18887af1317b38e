/** Where a device asks for a token [guide]. */
export const DEVICENAME_PATH = '/auth/devicename';
