/**
 * What every format of device list feeds: rows are checked one by one and land in the table; problems are collected, a bounded number
 * of each kind. No problem shows the value of a field: a shifted column may have put a secret anywhere.
 */

import { DeviceIndex } from '../../model/devices/device-index.ts';
import { DeviceTableBuilder } from '../../model/devices/device-table.ts';
import type { Problem } from '../../model/errors.ts';
import type { DeviceName, LoginTrouble, UrlTarget } from '../../platform/login-method.ts';
import { filesOf, type ListForm, pathOf, TRIPLES } from './list-form.ts';

const MAX_PROBLEMS_PER_KIND = 20;
/** Bytes of a row, for a first guess of how many a file has. */
const TYPICAL_ROW_BYTES = 64;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const REPLACEMENT = '\ufffd';
/** What no field may hold, all at once, so that a sound field costs one test. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const SUSPECT = /[\u0000-\u001f\u007f-\u009f\ufffd]|^\s|\s$/;

/** The problems of one device's names, with `shownAs` for their file. */
export function checkDevice(
  shownAs: string,
  productKey: string,
  deviceName: string,
  form: ListForm = TRIPLES,
): Problem[] {
  // Of its login there is nothing to look at.
  const { trouble: _, ...method } = form.method;
  const rows = new DeviceRows(shownAs, 0, { ...form, method });
  const names: Record<string, string> = { productKey, deviceName };
  rows.add(0, (field) => names[field] ?? (form.login.includes(field) ? '-' : ''));
  return rows.problems.map(({ line: _, ...problem }) => problem);
}

export class DeviceRows {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  /** Where the list says that its devices connect: the first two that differ, since one is all that a run can have. */
  readonly addresses: UrlTarget[] = [];
  readonly table: DeviceTableBuilder;
  /** Rows seen so far, sound or not. */
  seen = 0;
  /** Which device of the list is being read, from 1, in formats where a line does not tell; else 0. */
  element = 0;
  readonly form: ListForm;
  private readonly shownAs: string;
  private readonly folder: string;
  private readonly files: readonly number[];
  private readonly index: DeviceIndex;
  private readonly counts = new Map<string, number>();
  private readonly warningKinds = new Set<string>();
  /** The line (or element) of each row of the table, to name the first of two devices with one triple. */
  private lines = new Uint32Array(1024);

  /** `folder` is where the paths of the list begin. */
  constructor(shownAs: string, textBytesHint: number, form: ListForm = TRIPLES, folder = '') {
    this.shownAs = shownAs;
    this.form = form;
    this.folder = folder;
    this.files = filesOf(form);
    this.table = new DeviceTableBuilder(textBytesHint, form.login.length);
    const { table } = this;
    const isByName = form.platform.devices.by === 'names';
    const rows = isByName ? table : { key: (row: number) => table.clientIdKey(row) };
    this.index = new DeviceIndex(rows, textBytesHint / TYPICAL_ROW_BYTES);
  }

  warn(line: number, message: string, hint: string): void {
    this.warnings.push({ file: this.shownAs, line, message, hint });
  }

  /** `kind` groups problems that are alike; of each kind the first twenty are kept and the rest are counted. */
  problem(
    kind: string,
    line: number | undefined,
    message: string,
    hint?: string,
    into = this.problems,
  ): void {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    if (count > MAX_PROBLEMS_PER_KIND) return;
    const place = line === undefined ? {} : { line };
    const which = this.element > 0 ? `device ${this.element}: ` : '';
    const said = { ...place, message: which + message };
    into.push({ file: this.shownAs, ...said, ...(hint === undefined ? {} : { hint }) });
  }

  /** Adds a device, or the problems of its row. `fieldOf` gives its fields by their names; nothing, or '', where the list has none. */
  add(line: number | undefined, fieldOf: (field: string) => string | undefined): void {
    this.seen++;
    const { form, table } = this;
    const { devices } = form.platform;
    const value = (field: string): string => fieldOf(field) || form.given[field] || '';
    const { namesIn } = form.method;
    const told = namesIn?.read(value(namesIn.column));
    const productKey = value('productKey') || told?.productKey || '';
    const standIn = form.nameFrom.find((field) => fieldOf(field));
    const deviceName =
      value('deviceName') || told?.deviceName || (standIn === undefined ? '' : value(standIn));
    const login = form.login.map(value);
    let sound = this.checkName(line, 'productKey', productKey);
    sound = this.checkName(line, 'deviceName', deviceName) && sound;
    for (const [at, field] of form.login.entries()) {
      if (login[at] === '' && form.mayLack.includes(field)) continue;
      sound = this.checkField(line, field, login[at]!) && sound;
    }
    const listed = value('clientId');
    sound = this.checkName(line, 'clientId', listed) && sound;
    if (namesIn !== undefined && (productKey === '' || deviceName === ''))
      sound = this.unnamed(line, namesIn);
    if (!sound) return;
    if (form.address.length > 0) this.takeAddress(value);
    const clientId = listed || devices.clientId(deviceName, productKey);
    const chars = this.freeCharacters(clientId || `${productKey}.${deviceName}`);
    if (chars > form.platform.limits.clientIdCharacters) {
      this.tooLong(line, chars, clientId === '');
      return;
    }
    const names = { productKey, deviceName, clientId: clientId || `${productKey}.${deviceName}` };
    for (const at of this.files) login[at] = pathOf(login[at]!, this.folder, names);
    if (!this.checkLogin(line, login)) return;
    const [secret = '', ...more] = login;
    const row = table.add(productKey, deviceName, secret, clientId, more);
    this.setLine(row, this.element || (line ?? 0));
    const earlier = this.index.add(row);
    if (earlier === -1) return;
    const first = this.lines[earlier];
    this.problem(
      'device listed twice',
      line,
      this.element > 0 ? `is device ${first} again` : `this device is already on line ${first}`,
      devices.twice,
    );
  }

  /** Adds `… and N more` for each kind that was cut short. */
  finish(): void {
    for (const [kind, count] of this.counts) {
      const more = count - MAX_PROBLEMS_PER_KIND;
      const into = this.warningKinds.has(kind) ? this.warnings : this.problems;
      if (more > 0) into.push({ file: this.shownAs, message: `… and ${more} more: ${kind}` });
    }
  }

  private checkLogin(line: number | undefined, login: readonly string[]): boolean {
    const trouble = this.form.method.trouble?.(login);
    return trouble === undefined || this.loginProblem(line, trouble);
  }

  /** Returns whether the device is sound all the same. */
  loginProblem(line: number | undefined, trouble: LoginTrouble): boolean {
    const { kind, message, hint, isWarning = false } = trouble;
    if (isWarning) this.warningKinds.add(kind);
    this.problem(kind, line, message, hint, isWarning ? this.warnings : this.problems);
    return isWarning;
  }

  /** Of what the platform counts: the free part. */
  private freeCharacters(clientId: string): number {
    const extension = this.form.method.hasWholeClientId ? clientId.indexOf('|') : -1;
    return extension === -1 ? clientId.length : extension;
  }

  private takeAddress(value: (column: string) => string): void {
    const address = this.form.method.addressIn?.(value);
    const isKnown = ({ protocol, host, port }: UrlTarget): boolean =>
      protocol === address?.protocol && host === address.host && port === address.port;
    if (address !== undefined && this.addresses.length < 2 && !this.addresses.some(isKnown))
      this.addresses.push(address);
  }

  private checkName(line: number | undefined, name: DeviceName, value: string): boolean {
    if (value === '' && !this.form.required.includes(name)) return true;
    if (!this.checkField(line, name, value)) return false;
    if (name === 'clientId' && this.form.method.hasWholeClientId) return true;
    const trouble = this.form.platform.devices.trouble(name, value);
    return trouble === undefined || this.refuse(trouble.kind, line, trouble.message, trouble.hint);
  }

  private checkField(line: number | undefined, field: string, value: string): boolean {
    if (value === '') return this.refuse(`empty ${field}`, line, `${field} is empty`);
    if (!SUSPECT.test(value)) return true;
    if (CONTROL.test(value))
      return this.refuse(`control character in ${field}`, line, `${field} has a control character`);
    if (value.includes(REPLACEMENT))
      return this.refuse(`${field} not UTF-8`, line, `${field} is not UTF-8`, 'save the list as UTF-8');
    if (value.trim() !== value)
      return this.refuse(`white space around ${field}`, line, `${field} has white space around it`);
    return true;
  }

  private unnamed(line: number | undefined, { column, form }: { column: string; form: string }): false {
    const hint = 'or give the columns productKey and deviceName';
    return this.refuse(`${column} without names`, line, `${column} is not of the form ${form}`, hint);
  }

  private refuse(kind: string, line: number | undefined, message: string, hint?: string): false {
    this.problem(kind, line, message, hint);
    return false;
  }

  private tooLong(line: number | undefined, chars: number, isDefault: boolean): void {
    const which = isDefault ? 'the client id <productKey>.<deviceName>' : 'clientId';
    const hint = isDefault ? 'give a shorter one in a clientId column' : undefined;
    this.problem(
      'client id too long',
      line,
      `${which} has ${chars} characters; ${this.form.platform.who} takes ${this.form.platform.limits.clientIdCharacters}`,
      hint,
    );
  }

  private setLine(row: number, line: number): void {
    if (row >= this.lines.length) {
      const grown = new Uint32Array(this.lines.length * 2);
      grown.set(this.lines);
      this.lines = grown;
    }
    this.lines[row] = line;
  }
}
