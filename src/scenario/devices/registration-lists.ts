/** The lists of dynamic registration: devices that have no secret yet, and the secrets of their products. */

import type { DeviceSource } from '../../model/scenario.ts';
import { aliyun } from '../../platform/aliyun/aliyun.ts';
import { hmac } from '../../platform/aliyun/login/hmac.ts';
import type { Product, Products } from '../../platform/check.ts';
import { type DeviceReading, readDevices } from './device-list.ts';
import { type ListedBy, listFormOf, TRIPLES } from './list-form.ts';

const PRODUCT_SECRET = { name: 'productSecret', isSecret: true, otherNames: ['ps'] };
const TO_REGISTER: ListedBy = {
  name: 'dynamic registration',
  names: ['productKey', 'deviceName'],
  nameFrom: [],
  columns: [PRODUCT_SECRET],
};
const PRODUCTS: ListedBy = {
  name: 'a list of products',
  names: ['productKey'],
  nameFrom: [],
  columns: [PRODUCT_SECRET, { name: 'registration', isSecret: false, otherNames: [] }],
};

/** Names of devices; a product's secret may stand beside each of its devices. */
export const TO_REGISTER_FORM = listFormOf(aliyun, TO_REGISTER, {}, ['productSecret']);
/** Triples of which some have no secret yet: a stand-in where they register knows these. */
export const UNREGISTERED_FORM = listFormOf(aliyun, hmac, {}, ['deviceSecret']);
const PRODUCTS_FORM = listFormOf(aliyun, PRODUCTS, {}, ['registration']);

export interface ProductReading extends Pick<DeviceReading, 'problems' | 'warnings'> {
  products: Products;
}

/** Products, one to a row: productKey, productSecret and, where its switch is off, registration. Never throws for what is in the file. */
export async function readProducts(file: string): Promise<ProductReading> {
  const { devices, problems, warnings } = await readDevices({ kind: 'file', file }, { form: PRODUCTS_FORM });
  const products = new Map<string, Product>();
  for (let row = 0; row < devices.count; row++) {
    const productKey = devices.productKey(row);
    const registration = devices.loginColumn(row, 1);
    if (!SWITCH.includes(registration)) {
      const message = `product ${productKey}: registration is neither on nor off`;
      problems.push({ file, message });
    }
    products.set(productKey, {
      productSecret: devices.loginColumn(row, 0),
      isRegistrationOn: registration !== 'off',
    });
  }
  return { products, problems, warnings };
}

/** What a stand-in knows: its devices, of which some may have no secret yet where there are products that they register with. */
export async function readKnown(source: DeviceSource, productsFile: string | undefined, form = TRIPLES) {
  if (productsFile === undefined) return { ...(await readDevices(source, { form })), products: undefined };
  const list = await readDevices(source, { form: UNREGISTERED_FORM });
  const { products, problems, warnings } = await readProducts(productsFile);
  return {
    devices: list.devices,
    products,
    problems: [...list.problems, ...problems],
    warnings: [...list.warnings, ...warnings],
  };
}

const SWITCH = ['', 'on', 'off'];
