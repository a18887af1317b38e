/** `${name}` in topics and payload templates, and `${ENV:NAME}` in every value of a scenario. */

/** Names that a topic may have: of the device, not of the message. */
export const TOPIC_PLACEHOLDERS = ['productKey', 'deviceName', 'clientId'] as const;
/**
 * Names that a payload may have: `seq` counts a device's messages, `timestamp` is the epoch in ms, `random` is from 0 to below 1,
 * `device` is the device's row.
 */
export const TEMPLATE_PLACEHOLDERS = [...TOPIC_PLACEHOLDERS, 'seq', 'timestamp', 'random', 'device'] as const;

/** The name in a placeholder; longer is none. Without an end, each `${` of a text without `}` would be followed to its end: quadratic. */
const NAME = '[^}]{0,200}';
/** Global: for replace, split and matchAll only. */
export const ENV_PLACEHOLDER = new RegExp(`\\$\\{ENV:(${NAME})\\}`, 'g');
const PLACEHOLDER = new RegExp(`\\$\\{(${NAME})\\}`, 'g');

/** The names in a template, in order, each as often as it is there. */
export function placeholdersIn(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map((match) => match[1]!);
}

/** The template cut at its placeholders: text, name, text, name, …, text. */
export function splitAtPlaceholders(template: string): string[] {
  return template.split(PLACEHOLDER);
}

/** Whether there is a `${` without its `}`. */
export function hasOpenPlaceholder(template: string): boolean {
  return template.replace(PLACEHOLDER, '').includes('${');
}

/** The template with its values; names that are not in `values` stay as they are. */
export function fillPlaceholders(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(values, name) ? values[name]! : whole,
  );
}

export function fillAll(template: string, value: string): string {
  return template.replace(PLACEHOLDER, () => value);
}
