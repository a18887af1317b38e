/** What the attempts and connections of a device came to, as numbers. */
import type { Attempt } from '../../client/attempt.ts';
import type { Recorder } from '../../metrics/recorder.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import { AUTH_PARTS, CONNECT_PHASES, type ConnectPhase, type Failure } from '../../model/failure.ts';
import { TIME_TRENDS, type TimeTrend } from '../../model/metrics/metric-names.ts';

/** A phase that has no trend of its own is a part of the whole all the same. */
const TREND_OF_PHASE = new Map<ConnectPhase, TimeTrend>();
for (const phase of CONNECT_PHASES) {
  const trend = TIME_TRENDS.find((name) => name === `connect_${phase}`);
  if (trend !== undefined) TREND_OF_PHASE.set(phase, trend);
}

/** A first connect that came about, `serviceUs` after the attempt's start. */
export function recordConnect(recorder: Recorder, attempt: Attempt, serviceUs: number): void {
  const { counters, trends } = recorder;
  counters.connects_ok++;
  trends.connect_service.record(serviceUs);
  trends.connect_latency.record(Math.max(0, attempt.startUs + serviceUs - attempt.intendedUs));
  for (const [phase, trend] of TREND_OF_PHASE) {
    const durationUs = attempt.durationUs[phase];
    if (durationUs !== undefined) trends[trend].record(durationUs);
  }
  if (attempt.authPartUs === undefined) return;
  for (const part of AUTH_PARTS) {
    const durationUs = attempt.authPartUs[part];
    if (durationUs !== undefined) trends[`auth_${part}`].record(durationUs);
  }
}

/** The TLS handshake of an attempt, whatever came after it: of returns as of first connects. */
export function recordHandshake(
  { counters, trends }: Recorder,
  { isResumed, durationUs: { tls } }: Attempt,
): void {
  if (isResumed === undefined || tls === undefined) return;
  counters[isResumed ? 'tls_handshakes_resumed' : 'tls_handshakes_full']++;
  trends[isResumed ? 'tls_resumed' : 'tls_full'].record(tls);
}

/** A connection is there again, so long after it was lost and after so many attempts. */
export function recordReturn(recorder: Recorder, awayUs: number, tries: number): void {
  recorder.counters.reconnects_ok++;
  recorder.trends.reconnect_latency.record(awayUs);
  recorder.triesOfReturn(tries);
}

/** A failure of the device in that row of the list. */
export function recordFailure(
  { recorder, devices }: { recorder: Recorder; devices: DeviceTable },
  row: number,
  { phase, kind, code }: Failure,
): void {
  recorder.fail(phase, kind, code, devices.deviceName(row));
}
