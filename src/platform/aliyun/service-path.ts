/** Where a device asks for a token [guide]. */
export const DEVICENAME_PATH = '/auth/devicename';
/** Where a device asks for its secret [registration]. */
export const REGISTER_PATH = '/auth/register/device';
