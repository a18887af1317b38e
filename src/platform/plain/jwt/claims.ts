/** The claims of a device's token, from the template of the scenario. */
import type { Identity } from '../../../model/devices/device-table.ts';
import { fillPlaceholders } from '../../../model/placeholders.ts';

export type ClaimTemplate = string | number | boolean | readonly string[];
export type ClaimTemplates = Readonly<Record<string, ClaimTemplate>>;

/** `${productKey}`, `${deviceName}` and `${clientId}` are filled in. */
export function claimsFor(templates: ClaimTemplates, device: Identity): Record<string, ClaimTemplate> {
  return Object.fromEntries(Object.entries(templates).map(([name, claim]) => [name, filled(claim, device)]));
}

function filled(claim: ClaimTemplate, device: Identity): ClaimTemplate {
  const names: Readonly<Record<string, string>> = { ...device };
  if (typeof claim === 'string') return fillPlaceholders(claim, names);
  return typeof claim === 'object' ? claim.map((each) => fillPlaceholders(each, names)) : claim;
}
