/**
 * What every format of device list feeds: rows are checked one by one and land in the table; problems are collected, a bounded number
 * of each kind. No problem shows the value of a field: a shifted column may have put a secret anywhere.
 */

import { DeviceIndex } from '../../model/devices/device-index.ts';
import { DeviceTableBuilder } from '../../model/devices/device-table.ts';
import type { Problem } from '../../model/errors.ts';

export const DEVICE_FIELDS = ['productKey', 'deviceName', 'deviceSecret', 'clientId'] as const;
export type DeviceField = (typeof DEVICE_FIELDS)[number];
export const REQUIRED_FIELDS = ['productKey', 'deviceName', 'deviceSecret'] as const;

/** "<clientId> up to 64 characters" (help 73742). */
export const MAX_CLIENT_ID_CHARS = 64;
const MAX_PROBLEMS_PER_KIND = 20;
/** For a first guess of how many rows a file has. */
const TYPICAL_ROW_BYTES = 64;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const REPLACEMENT = '\ufffd';
/** `&` joins the two in the user name, `|` ends the client id, and `/ + #` have a meaning in the topics that hold them. */
const BREAKS_NAME = /[&|/+#]/;
/** All of the above at once, so that a sound field costs one test. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const SUSPECT = /[\u0000-\u001f\u007f-\u009f&|/+#\ufffd]|^\s|\s$/;

/** The problems of one device's names, with `shownAs` for their file. */
export function checkDevice(shownAs: string, productKey: string, deviceName: string): Problem[] {
  const rows = new DeviceRows(shownAs, 0);
  rows.add(0, productKey, deviceName, '-', '');
  return rows.problems.map(({ line: _, ...problem }) => problem);
}

export class DeviceRows {
  readonly problems: Problem[] = [];
  readonly table: DeviceTableBuilder;
  /** Rows seen so far, sound or not. */
  seen = 0;
  /** Which device of the list is being read, from 1, in formats where a line does not tell; else 0. */
  element = 0;
  private readonly shownAs: string;
  private readonly index: DeviceIndex;
  private readonly counts = new Map<string, number>();
  /** The line (or element) of each row of the table, to name the first of two devices with one triple. */
  private lines = new Uint32Array(1024);

  constructor(shownAs: string, textBytesHint: number) {
    this.shownAs = shownAs;
    this.table = new DeviceTableBuilder(textBytesHint);
    this.index = new DeviceIndex(this.table, textBytesHint / TYPICAL_ROW_BYTES);
  }

  /** `kind` groups problems that are alike; of each kind the first twenty are kept and the rest are counted. */
  problem(kind: string, line: number | undefined, message: string, hint?: string): void {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    if (count > MAX_PROBLEMS_PER_KIND) return;
    const place = line === undefined ? {} : { line };
    const which = this.element > 0 ? `device ${this.element}: ` : '';
    const said = { ...place, message: which + message };
    this.problems.push({ file: this.shownAs, ...said, ...(hint === undefined ? {} : { hint }) });
  }

  /** Adds a device, or the problems of its row. `clientId` is '' where the list gives none. */
  add(line: number, productKey: string, deviceName: string, deviceSecret: string, clientId: string): void {
    this.seen++;
    let sound = this.checkName(line, 'productKey', productKey);
    sound = this.checkName(line, 'deviceName', deviceName) && sound;
    sound = this.checkField(line, 'deviceSecret', deviceSecret) && sound;
    if (clientId !== '') sound = this.checkClientId(line, clientId) && sound;
    if (!sound) return;
    const chars = clientId === '' ? productKey.length + 1 + deviceName.length : clientId.length;
    if (chars > MAX_CLIENT_ID_CHARS) {
      this.tooLong(line, chars, clientId === '');
      return;
    }
    const row = this.table.add(productKey, deviceName, deviceSecret, clientId);
    this.setLine(row, this.element || line);
    const earlier = this.index.add(row);
    if (earlier === -1) return;
    const first = this.lines[earlier];
    this.problem(
      'device listed twice',
      line,
      this.element > 0 ? `is device ${first} again` : `this device is already on line ${first}`,
      'two clients on one triple force each other offline',
    );
  }

  /** Adds `… and N more` for each kind that was cut short. */
  finish(): void {
    for (const [kind, count] of this.counts) {
      const more = count - MAX_PROBLEMS_PER_KIND;
      if (more > 0) this.problems.push({ file: this.shownAs, message: `… and ${more} more: ${kind}` });
    }
  }

  private checkName(line: number, field: DeviceField, value: string): boolean {
    if (!this.checkField(line, field, value)) return false;
    if (!SUSPECT.test(value) || !BREAKS_NAME.test(value)) return true;
    this.problem(
      `${field} with & | / + or #`,
      line,
      `${field} has one of & | / + #`,
      '& and | separate the fields of the sign-in, / + # those of topics',
    );
    return false;
  }

  private checkClientId(line: number, value: string): boolean {
    if (!this.checkField(line, 'clientId', value)) return false;
    if (!value.includes('|')) return true;
    this.problem(
      'clientId with |',
      line,
      'clientId has a |',
      'give only the free part, before |securemode=…|',
    );
    return false;
  }

  private checkField(line: number, field: DeviceField, value: string): boolean {
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

  private refuse(kind: string, line: number, message: string, hint?: string): false {
    this.problem(kind, line, message, hint);
    return false;
  }

  private tooLong(line: number, chars: number, isDefault: boolean): void {
    const which = isDefault ? 'the client id <productKey>.<deviceName>' : 'clientId';
    const hint = isDefault ? 'give a shorter one in a clientId column' : undefined;
    this.problem(
      'client id too long',
      line,
      `${which} has ${chars} characters; the platform takes ${MAX_CLIENT_ID_CHARS}`,
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
