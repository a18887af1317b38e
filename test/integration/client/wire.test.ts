import { createWireClient } from '../../../src/client/wire/client.ts';
import { describeBrokerContract } from './broker-contract.ts';
import { describeConnectionContract } from './connection-contract.ts';

describeConnectionContract('wire', createWireClient);
describeBrokerContract('wire', createWireClient);
