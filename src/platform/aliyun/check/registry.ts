/**
 * Who has which secret by now: what the stand-in's devices were given by dynamic registration (一型一密), in place of what the list says
 * [registration]. A device that has not signed in yet is given another secret each time it asks, and the one before is no longer valid;
 * one that has signed in (is activated) is given none.
 */
import { randomBytes } from 'node:crypto';
import { DeviceIndex } from '../../../model/devices/device-index.ts';
import type { DeviceTable } from '../../../model/devices/device-table.ts';
import type { Signmethod } from '../../../model/scenario.ts';
import type { Products } from '../../check.ts';
import { type Registration, registrationSign } from '../signing/registration.ts';

/** What a device says that asks for its secret. */
export interface Asked {
  productKey: string;
  deviceName: string;
  random: string;
  signmethod: Signmethod;
  sign: string;
}

export type NotGranted =
  | 'unknown-product'
  | 'registration-off'
  | 'wrong-sign'
  | 'unlisted-device'
  | 'already-activated'
  | 'too-many-client-ids';

/** Of one device name without a listing [registration]. */
const MOST_CLIENT_IDS = 5;
const SECRET_BYTES = 16;
const CLIENT_ID_BYTES = 12;

export class Registry {
  private readonly devices: DeviceTable;
  private readonly index: DeviceIndex;
  private readonly products: Products;
  /** What was given out, by row of the list. */
  private readonly secrets = new Map<number, string>();
  private readonly activated = new Set<number>();
  private readonly untold = secretMade();
  /** Tokens of devices without a listing by client id, by `<deviceName>&<productKey>`. */
  private readonly tokens = new Map<string, Map<string, string>>();

  /** The list has tokens where it has secrets otherwise. */
  private readonly listsTokens: boolean;

  constructor(devices: DeviceTable, products: Products, listsTokens: boolean) {
    this.devices = devices;
    this.index = DeviceIndex.of(devices);
    this.products = products;
    this.listsTokens = listsTokens;
  }

  /** Undefined for a device that does not exist. Before it is told its secret a device has one that nobody knows. */
  secretOf(productKey: string, deviceName: string): string | undefined {
    const row = this.index.find(productKey, deviceName);
    if (row === -1) return undefined;
    const given = this.secrets.get(row);
    if (given !== undefined) return given;
    return (this.listsTokens ? '' : this.devices.loginColumn(row, 0)) || this.untold;
  }

  /** Why it is given nothing; undefined where nothing speaks against it. Product, then sign, then device. */
  objectionTo(asked: Asked, registration: Registration): NotGranted | undefined {
    const { productKey, deviceName, random, signmethod, sign } = asked;
    const product = this.products.get(productKey);
    if (product === undefined) return 'unknown-product';
    if (!product.isRegistrationOn) return 'registration-off';
    // The platform ignores the case of the hex digits [connect].
    if (sign.toLowerCase() !== registrationSign(asked, random, signmethod, product.productSecret))
      return 'wrong-sign';
    if (registration === 'regnwl') {
      const given = this.tokens.get(userOf(productKey, deviceName))?.size ?? 0;
      return given >= MOST_CLIENT_IDS ? 'too-many-client-ids' : undefined;
    }
    const row = this.index.find(productKey, deviceName);
    if (row === -1) return 'unlisted-device';
    return this.activated.has(row) ? 'already-activated' : undefined;
  }

  /** A new secret of a listed device. */
  grantSecret(productKey: string, deviceName: string): string {
    const secret = secretMade();
    this.secrets.set(this.index.find(productKey, deviceName), secret);
    return secret;
  }

  /** A client id more, and its token, of a device without a listing. */
  grantToken(productKey: string, deviceName: string): { clientId: string; deviceToken: string } {
    const user = userOf(productKey, deviceName);
    const granted = {
      clientId: randomBytes(CLIENT_ID_BYTES).toString('hex'),
      deviceToken: secretMade(),
    };
    const tokens = this.tokens.get(user) ?? new Map<string, string>();
    this.tokens.set(user, tokens.set(granted.clientId, granted.deviceToken));
    return granted;
  }

  /** The token that was given with that client id, or stands beside it in the list. */
  tokenOf(productKey: string, deviceName: string, clientId: string): string | undefined {
    const given = this.tokens.get(userOf(productKey, deviceName))?.get(clientId);
    if (given !== undefined || !this.listsTokens) return given;
    const row = this.index.find(productKey, deviceName);
    return row !== -1 && this.devices.clientId(row) === clientId
      ? this.devices.loginColumn(row, 0)
      : undefined;
  }

  /** Notes that the device has signed in with its secret. */
  activate(productKey: string, deviceName: string): void {
    this.activated.add(this.index.find(productKey, deviceName));
  }
}

function secretMade(): string {
  return randomBytes(SECRET_BYTES).toString('hex');
}

/** Neither name holds an `&`. */
function userOf(productKey: string, deviceName: string): string {
  return `${deviceName}&${productKey}`;
}
