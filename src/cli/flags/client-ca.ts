/** The flag --client-ca: devices that the stand-in knows by their certificates. */
import { certificatesOf, MAX_PEM_BYTES } from '../../input/certificates.ts';
import { type FileTrouble, readGivenFile } from '../../input/given-file.ts';
import { badInput } from '../../model/errors.ts';
import { aliyun } from '../../platform/aliyun/aliyun.ts';
import { aliyunX509 } from '../../platform/aliyun/login/x509.ts';
import { type ListForm, listFormOf, TRIPLES } from '../../scenario/devices/list-form.ts';
import type { StandInSettings } from '../../stand-in/stand-in.ts';

/** How devices sign in, and what a list of them has. Throws `bad-input` where the file is none of certificates. */
export async function clientsBy(
  clientCaFile: string | undefined,
): Promise<{ form: ListForm; clients: Pick<StandInSettings, 'clientCa' | 'auth'> }> {
  if (clientCaFile === undefined) return { form: TRIPLES, clients: {} };
  const clientCa = await authorityIn(clientCaFile);
  return { form: listFormOf(aliyun, aliyunX509), clients: { clientCa, auth: { method: aliyunX509.name } } };
}

async function authorityIn(file: string): Promise<string> {
  const read = await readGivenFile(file, MAX_PEM_BYTES);
  const found = 'wrong' in read ? read : certificatesOf(read.content);
  if ('content' in read && !('wrong' in found)) return read.content.toString('latin1');
  const { wrong, hint } = found as FileTrouble;
  const problem = { file: '--client-ca', message: `${file} ${wrong}` };
  throw badInput([hint === undefined ? problem : { ...problem, hint }]);
}
