/**
 * Whether this process begins without its rehearsal: what it measures first is then the time that V8 takes to compile. For tests of what a
 * run does, of which none is how fast it does it; no flag, and nothing that users are told of.
 */
export const startsCold = process.env.MQTT_FLEET_COLD === '1';
