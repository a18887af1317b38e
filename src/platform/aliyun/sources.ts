/**
 * Where the facts of this folder come from: pages of the platform's documentation, with the date of what was read. Comments cite them by
 * their key: [connect].
 */
export const SOURCES = {
  /** Signing, keepalive, client id. */
  connect: { url: 'https://www.alibabacloud.com/help/doc-detail/73742.htm', read: '2023-12-12' },
  /** CONNACK codes and reason codes, in the platform's own words. */
  codes: { url: 'https://help.aliyun.com/document_detail/148610.html', read: '2026-06' },
  /** Hosts and ports of instances. */
  endpoints: {
    url: 'https://help.aliyun.com/zh/iot/user-guide/manage-the-endpoint-of-an-instance',
    read: '2026-06',
  },
  /** Limits of accounts, products and devices; of connections and messages the last that had numbers. */
  limits: {
    url: 'https://github.com/fuzhufozhu/ali_lot/blob/6f1bbdd/cn.zh-CN/产品简介/使用限制.md',
    read: '2019-09-21',
  },
  /** Devices of a new public instance. */
  instances: { url: 'https://help.aliyun.com/zh/iot/product-overview/limits', read: '2026' },
  /** The C Link SDK, where a page is silent. */
  sdk: { url: 'https://github.com/aliyun/iotkit-embedded', read: '2026-11' },
} as const;
