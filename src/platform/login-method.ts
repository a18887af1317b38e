/** What a way to sign in is: one file each in the folder of its platform. */
import type * as z from 'zod';
import type { Complain } from '../input/fields.ts';
import type { DeviceTable, Identity } from '../model/devices/device-table.ts';
import type { Auth, Target, TlsOptions, TlsVersion } from '../model/scenario.ts';
import type { Login } from './login.ts';

/** What it needs of a list and of the scenario, and how it comes to what CONNECT carries. */
export interface LoginMethod<Settings extends Auth = Auth> {
  /** What `auth.method` calls it. */
  readonly name: string;
  /**
   * The keys of `auth` beside `method`, loaded by who reads scenarios and not by the threads that run them. One of the name of a column
   * gives that column to every device, and is kept nowhere else.
   */
  settings(): Promise<LoginSettings>;
  /** Those of the names in every list (productKey, deviceName, clientId) that a device must have here. */
  readonly names: readonly DeviceName[];
  /** The columns that stand in for a deviceName that is not given, the first that has a value. */
  readonly nameFrom: readonly string[];
  /** The columns of a device list that only this way of signing in asks for, in the order in which the table keeps them. */
  readonly columns: readonly LoginColumn[];
  /** Those, where they depend on the settings. */
  columnsFor?(settings: Settings): readonly LoginColumn[];
  /** Its login asks others, a service or code of the user's: what is no real login must do without. */
  readonly asksOthers?: true;
  /** What the settings name is looked at before anything is opened; returns them with whole paths in them. */
  ready?(settings: Settings, place: SettingsPlace): Promise<Settings>;
  /** Whether it is a part of the TLS handshake; the version of TLS where there is one only that has it. */
  readonly needsTls?: true | TlsVersion;
  /** What stands against the values of the columns of one device together; undefined where nothing does. */
  trouble?(login: readonly string[]): LoginTrouble | undefined;
  /** The column that tells the names of a device where a list has no columns of those: undefined where its text is not of the `form`. */
  readonly namesIn?: {
    readonly column: string;
    readonly form: string;
    read(text: string): Omit<Identity, 'clientId'> | undefined;
  };
  /** Whether the list's clientId is all of what CONNECT carries, and not the free part of it only. */
  readonly hasWholeClientId?: true;
  /** Where the list says that a device connects, in columns that are kept nowhere; undefined where it does not. */
  addressIn?(value: (column: AddressColumn) => string): UrlTarget | undefined;
  /** What an answer means of this way to sign in, where that is not what the platform means by it elsewhere. */
  readonly hints?: Readonly<Record<string, string>>;
  /** What of the settings a report says, in a word. */
  word(settings: Settings): string;
  /** What of the settings cannot be with these devices; paths are from `auth`. */
  checkDevices?(settings: Settings, devices: DeviceTable, complain: Complain): void;
  /** Whom it asks before a device connects; absent: nobody. */
  readonly service?: LoginService;
  /** Once per thread; a promise where something must be loaded first. `tls` is the scenario's, for who has a context of each device. */
  prepare(settings: Settings, devices: DeviceTable, tls: TlsOptions): Login | Promise<Login>;
}

/** A service that gives out what devices connect with; `auth.url` is where it is. */
export interface LoginService {
  /** Of its address, where the stand-in offers it. */
  readonly path: string;
  /** Its address, where the target says it. */
  urlOf(target: Target): string | undefined;
  /** The JSON of an answer that lets any device connect: that of a rehearsal, which asks no service. */
  readonly consent: string;
}

/** The settings of a method as a scenario has them. */
interface LoginSettings {
  readonly shape: z.core.$ZodShape;
  /** What they must be together, where each is sound; paths are from `auth`. */
  check?(settings: Auth, complain: Complain): void;
  /** Fills in what depends on others. */
  complete?(settings: Auth): Auth;
}

/** The columns of a list that say where its devices connect, as the console of the platform names them. */
export const ADDRESS_COLUMNS = ['mqttHostUrl', 'port'] as const;
export type AddressColumn = (typeof ADDRESS_COLUMNS)[number];
export type UrlTarget = Extract<Target, { kind: 'url' }>;

export type DeviceName = keyof Identity;

/** Where settings stand. */
export interface SettingsPlace {
  /** The whole path of a file that the settings name. */
  absolute(file: string): string;
  /** The columns that the scenario gives to all devices. */
  given: ReadonlySet<string>;
  /** Paths begin below `auth`. */
  complain: Complain;
}

/** One column of a device list. No message shows a value of any. */
export interface LoginColumn {
  readonly name: string;
  /** Not to be written out in a scenario, of which reports keep a copy. */
  readonly isSecret: boolean;
  /**
   * Whether it is a path: relative to the list, or to the scenario where that gives it to all devices. Placeholders of the device's names
   * are filled in.
   */
  readonly isFile?: true;
  /** What other lists call it, in small letters, without blanks, `_` and `-`, and mean nothing else by: as good as its name. */
  readonly aliases?: readonly string[];
  /** What other lists may call it, in the same spelling: a list that does is told the right name. */
  readonly otherNames: readonly string[];
  /** A device may have none. */
  readonly isOptional?: boolean;
  /** The value of a device that is made up; absent where none can be made up. */
  generated?(productKey: string, deviceName: string): string;
}

/** `kind` groups troubles that are alike. */
export interface NameTrouble {
  kind: string;
  message: string;
  hint?: string;
}

export interface LoginTrouble extends NameTrouble {
  /** It may be a mistake, and need not be. */
  isWarning?: true;
}
