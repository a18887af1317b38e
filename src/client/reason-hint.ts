/** The reason codes of MQTT 5 (2.4) in plain words, and what to do: a server gives them in CONNACK, SUBACK, PUBACK and DISCONNECT. */

const HINT_OF_REASON: Record<number, string> = {
  0: 'the server ended the connection in good order and gives no reason; its log may',
  128: 'the server does not say why; its log may',
  129: 'the server could not read a packet of ours',
  130: 'the server found a packet of ours out of place',
  131: 'a rule of the server’s own; its log may say which',
  132: 'the broker does not support MQTT 5; set `protocol: 3.1.1`',
  133: 'client identifier not valid (its length or its characters)',
  134: 'wrong user name or password',
  135: 'not authorised: no such device, or it may not do this',
  136: 'server unavailable: it is starting, stopping or not in service',
  137: 'server busy: connect more slowly, or send less',
  138: 'banned by the server: ask who runs it',
  139: 'the server is shutting down',
  140: 'the server wants another method of authentication than user name and password',
  141: 'the server heard nothing within 1.5 × keepalive: this machine or the path was held up',
  142: 'another connection signed in with the same client id; a broker keeps one of each',
  143: 'the server does not take this topic filter from this device',
  144: 'the server does not take this topic from this device',
  145: 'the server still has this packet id in use: the session was not a new one to it',
  146: 'the server does not know this packet id',
  147: 'more messages on their way than the server’s Receive Maximum',
  148: 'the server does not take this topic alias',
  149: 'a packet larger than the server takes: make the payload smaller, or raise its limit',
  150: 'messages come faster than the server allows: raise `every`',
  151: 'a quota of the server is used up',
  152: 'an administrator of the server, or a rule of theirs, ended it',
  153: 'the payload is not what the server expects on this topic',
  154: 'the server retains no messages',
  155: 'the server does not support this QoS: set `qos: 0`',
  156: 'the server asks to use another one for now: see its reference, or the target’s address',
  157: 'the server has moved for good: change the target’s address',
  158: 'the server has no shared subscriptions',
  159: 'connections come faster than the server allows: connect more slowly',
  160: 'the longest time that the server allows a connection is over',
  161: 'the server has no subscription identifiers',
  162: 'the server has no wildcard subscriptions: subscribe to whole topics',
};

/** Undefined for a code that the standard does not know. */
export function reasonHint(code: number): string | undefined {
  return HINT_OF_REASON[code];
}
