/** The platforms of other clouds: each is known by its folder alone. */
import type { Platform } from '../platform.ts';
import { apsaramq } from './apsaramq/apsaramq.ts';
import { azure } from './azure/azure.ts';
import { baidu } from './baidu/baidu.ts';
import { huawei } from './huawei/huawei.ts';
import { onenet } from './onenet/onenet.ts';
import { tencent } from './tencent/tencent.ts';
import { yudao } from './yudao/yudao.ts';

export const CLOUDS: readonly Platform[] = [apsaramq, tencent, huawei, onenet, baidu, azure, yudao];
