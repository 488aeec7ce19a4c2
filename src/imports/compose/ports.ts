import type { Fault } from '../model.js';
import { asText, isMapping, listAt, type Values, wrongType } from '../reading/values.js';

/**
 * A port that is published on the machine, `inner` inside the container (0: not known). `isLocal`: for programs on that machine only.
 * `isFixed`: under a number of its own, so that users can know it; else Docker picks one at each start.
 */
export type Port = { inner: number; isLocal: boolean; isFixed: boolean };

/** The ports a service publishes. What cannot be one is a fault. */
export function publishedPorts(values: Values, where: string, faults: Fault[]): Port[] {
  const ports = listAt(values, 'ports', where, faults);
  return ports.flatMap((port, i) => {
    const read = isMapping(port) ? longPort(port) : shortPort(asText(port) ?? '');
    if (read) return read;
    faults.push(wrongType(ports, i, `${where}.ports`, 'a port such as "8080:80"'));
    return [];
  });
}

function longPort(port: Values): Port[] | null {
  const target = asText(port.target) ?? '';
  if (!/^\d*(?:-\d*)?$/.test(target)) return null;
  const isFixed = (port.published ?? '') !== '';
  return [
    { inner: Number.parseInt(target, 10) || 0, isLocal: isLoopback(asText(port.host_ip) ?? ''), isFixed },
  ];
}

/**
 * `80`, `8080:80`, `127.0.0.1:8001:8001`, `[::1]:80:80`, ranges, `/udp`. Of a range the first port stands for all. Numbers may be
 * missing, as unset variables leave them.
 */
function shortPort(text: string): Port[] | null {
  if (text === '' || text.length > 200) return text === '' ? [] : null;
  const [whole, address = '', outer, inner] =
    /^(?:(\[[\da-f:.]+\]|[^:[\]]*):)?(?:([\d-]*):)?(\d*)(?:-\d*)?(?:\/\w*)?$/i.exec(text) ?? [];
  if (whole === undefined) return null;
  // `8080:80`: with one colon what stands before it is no address but the outer port.
  const isAddress = outer !== undefined || /[.[a-z]/i.test(address);
  const fixed = isAddress ? outer : address;
  return [{ inner: Number(inner), isLocal: isAddress && isLoopback(address), isFixed: (fixed ?? '') !== '' }];
}

function isLoopback(address: string): boolean {
  return /^(?:127\.|localhost$|\[?::1\]?$)/.test(address);
}

/** The ports it only opens to its own network. */
export function exposedPorts(values: Values, where: string, faults: Fault[]): number[] {
  return listAt(values, 'expose', where, faults).flatMap((port) => {
    const number = Number.parseInt(asText(port) ?? '', 10);
    return Number.isInteger(number) ? [number] : [];
  });
}
