/**
 * Where the facts of this folder come from: pages of the platform's documentation, with the date of the page, or of its reading where it
 * has none. Comments cite them by their keys: [connect].
 */
export const SOURCES = {
  /** Signing, keepalive, client id. */
  connect: { url: 'https://www.alibabacloud.com/help/doc-detail/73742.htm', date: '2023-12-12' },
  /** What of MQTT it has. */
  mqtt: { url: 'https://help.aliyun.com/document_detail/30540.htm', date: '2026-11' },
  /** CONNACK codes and reason codes, in the platform's own words. */
  codes: { url: 'https://www.alibabacloud.com/help/zh/doc-detail/148610.htm', date: '2026-11' },
  /** Hosts and ports of instances. */
  endpoints: {
    url: 'https://help.aliyun.com/zh/iot/user-guide/manage-the-endpoint-of-an-instance',
    date: '2026-11',
  },
  /** Limits of accounts, products and devices; of connections and messages the last that had numbers. */
  limits: {
    url: 'https://github.com/fuzhufozhu/ali_lot/blob/6f1bbdd/cn.zh-CN/产品简介/使用限制.md',
    date: '2019-09-21',
  },
  /** Devices of a new public instance. */
  instances: { url: 'https://www.alibabacloud.com/help/en/iot/product-overview/limits', date: '2023-05-12' },
  /** Dynamic registration: what is signed, client ids, topics, codes. */
  registration: {
    url: 'https://github.com/fuzhufozhu/ali_lot/blob/6f1bbdd/cn.zh-CN/设备端开发指南/使用开放协议自主接入/基于MQTT通道设备动态注册.md',
    date: '2019-09-21',
  },
  /** HTTPS before MQTT: the request, its answer and codes. The present pages have it no more. */
  guide: {
    url: 'https://github.com/fuzhufozhu/ali_lot/blob/6f1bbdd/cn.zh-CN/用户指南/设备开发指南/设备多协议连接/MQTT-TCP连接通信.md',
    date: '2019-09-21',
  },
  /** The C Link SDK, where a page is silent. */
  sdk: { url: 'https://github.com/aliyun/iotkit-embedded', date: '2026-11' },
  /** The JavaScript SDKs: what they put into client ids. */
  js: { url: 'https://github.com/aliyun/alibabacloud-iot-device-sdk', date: '2026-11' },
  /** MQTT parameters as the console hands them out: securemode 2, beside port 1883. */
  console: {
    url: 'https://help.aliyun.com/zh/iot/user-guide/how-do-i-obtain-mqtt-parameters',
    date: '2026-11',
  },
  /** X.509: endpoint, CONNECT, and the message with the names. */
  certificates: { url: 'https://help.aliyun.com/document_detail/140588.html', date: '2019-09' },
  /** What devices ask and what they are answered: error codes, desired values, tags, configuration, firmware. */
  alink: {
    url: 'https://github.com/fuzhufozhu/ali_lot/tree/6f1bbdd/cn.zh-CN/设备端开发指南/基于Alink协议开发',
    date: '2019-09-21',
  },
  shadow: {
    url: 'https://github.com/fuzhufozhu/ali_lot/blob/6f1bbdd/cn.zh-CN/用户指南/设备影子/设备影子数据流.md',
    date: '2019-09-21',
  },
  ntp: {
    url: 'https://github.com/fuzhufozhu/ali_lot/blob/6f1bbdd/cn.zh-CN/用户指南/NTP服务.md',
    date: '2019-09-21',
  },
  /** The topics that the platform subscribes for a device. */
  automatic: { url: 'https://help.aliyun.com/document_detail/197770.html', date: '2026-09-04' },
} as const;
