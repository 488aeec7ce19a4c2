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
    const read = isMapping(port) ? longPort(port) : shortPort(asText(port ?? ''));
    if (read) return read;
    faults.push(wrongType(ports, i, `${where}.ports`, 'a port such as "8080:80"'));
    return [];
  });
}

function longPort(port: Values): Port[] | null {
  // `- 80: 80` is a mapping and no port.
  if (!('target' in port || 'published' in port) && Object.keys(port).length > 0) return null;
  const target = asText(port.target ?? '');
  if (target === undefined || !/^\d*(?:-\d*)?$/.test(target) || Number.parseInt(target, 10) > LAST_PORT)
    return null;
  const isFixed = (port.published ?? null) !== null;
  return [
    { inner: Number.parseInt(target, 10) || 0, isLocal: isLoopback(asText(port.host_ip) ?? ''), isFixed },
  ];
}

/**
 * `80`, `8080:80`, `127.0.0.1:8001:8001`, `[::1]:80:80`, ranges, `/udp`. Of a range the first port stands for all. Numbers may be
 * missing, as unset variables leave them.
 */
function shortPort(text: string | undefined): Port[] | null {
  if (text === undefined || text.length > 200) return null;
  if (text === '') return [];
  const [whole, address = '', outer, inner] =
    /^(?:(\[[\da-f:.]+\]|[^:[\]]*):)?(?:([\d-]*):)?(\d*)(?:-\d*)?(?:\/\w*)?$/i.exec(text) ?? [];
  if (whole === undefined) return null;
  // `8080:80`: with one colon what stands before it is no address but the outer port.
  const isAddress = outer !== undefined || /[.[a-z]/i.test(address);
  // `:80` is what an unset variable leaves of `${PORT}:80`, and a number was meant; `0.0.0.0::80` is written so by hand.
  const isFixed = isAddress ? (outer ?? '') !== '' : text.includes(':');
  const numbers = [isAddress ? outer : address, inner].map((number) => Number.parseInt(number ?? '', 10));
  if (numbers.some((number) => number > LAST_PORT)) return null;
  return [{ inner: Number(inner), isLocal: isAddress && isLoopback(address), isFixed }];
}

const LAST_PORT = 65_535;

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
