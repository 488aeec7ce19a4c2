import type { Part, Plan } from '../../domain/model.js';
import type { Note } from '../model.js';
import { type Place, placeOf } from '../reading/places.js';
import { asBoolean, asText, isMapping, type Values } from '../reading/values.js';
import { listed } from '../reading/words.js';
import type { Service } from './service.js';

/** A proxy that reads its routes from the labels or variables of the services it passes requests on to. */
type Proxy = {
  called: string;
  is: (part: Part, service: Service) => boolean;
  /** What of a service is a route for it: the name of the label or variable, and where it stands. */
  routeIn: (service: Service) => Route | null;
};

type Route = { said: string; place: Place | undefined };

const PROXIES: readonly Proxy[] = [
  {
    called: 'Traefik',
    is: ({ technology }) => technology === 'Traefik',
    routeIn: ({ values }) => {
      const labels = labelsOf(values);
      const isOff = labels.some(({ said, value }) => said === 'traefik.enable' && asBoolean(value) === false);
      return isOff ? null : firstOf(labels, TRAEFIK_ROUTES);
    },
  },
  {
    called: 'Caddy',
    is: ({ technology }) => technology === 'Caddy',
    routeIn: ({ values }) => firstOf(labelsOf(values), CADDY_ROUTES),
  },
  {
    called: 'nginx-proxy',
    is: ({ kind }, { image, name }) => kind === 'load-balancer' && /proxy/.test(`${image} ${name}`),
    routeIn: ({ environment }) => {
      const variable = environment.get('VIRTUAL_HOST');
      return variable ? { said: 'VIRTUAL_HOST', place: variable.place } : null;
    },
  },
];

/**
 * The most telling first. Version 1 of Traefik has `frontend.rule`, with or without a segment. Without a rule Traefik makes one of the
 * service's name, where a label says its port or that it is to be served.
 */
const TRAEFIK_ROUTES = [
  /^traefik\.(?:(?:http|tcp|udp)\.routers\.[^.]+|(?:[^.]+\.)?frontend)\.rule$/i,
  /^traefik\.(?:http|tcp|udp)\.(?:routers|services)\./i,
  /^traefik\.(?:(?:[^.]+\.)?port|enable)$/i,
];

const CADDY_ROUTES = [/^caddy(?:_\d+)?$/, /^caddy(?:_\d+)?\./];

/**
 * Routes that services tell a proxy by label or variable. They are seen and not drawn: whether the proxy looks at them is up to how it
 * is set up. A line for each proxy, on the services that it is not known to call.
 */
export function routeNotes(services: readonly Service[], { parts, connections }: Plan): Note[] {
  const partOf = new Map(parts.map((part) => [part.name, part]));
  return PROXIES.flatMap(({ called, is, routeIn }) => {
    const proxies = services
      .filter((service) => is(partOf.get(service.name)!, service))
      .map(({ name }) => name);
    const isProxy = new Set(proxies);
    const drawn = new Set(connections.filter(({ from }) => isProxy.has(from)).map(({ to }) => to));
    const told = services.flatMap((service) => {
      const { name } = service;
      // A proxy's own labels open its dashboard.
      const route = isProxy.has(name) || drawn.has(name) ? null : routeIn(service);
      return route ? [{ ...route, name }] : [];
    });
    const [first] = told;
    if (!first) return [];
    const routes = listed(told.map(({ name, said }) => `${name} (${said})`));
    const what = `Routes in labels or variables are not drawn as connections: ${routes}.`;
    const to = told.map(({ name }) => name);
    const [proxy, ...more] = proxies;
    const passer = more.length === 0 ? proxy : `one of ${listed(proxies)}`;
    const advice =
      proxy !== undefined
        ? `If ${passer} passes requests on to ${to.length === 1 ? to[0] : 'them'}, draw ${drawing(proxy, to)}.`
        : `The proxy that reads them (${called}) is not in these files: add it as a part and draw what it calls.`;
    const { file, line } = first.place ?? {};
    return [{ kind: 'warning', message: `${what} ${advice}`, ...(proxy && { part: proxy }), file, line }];
  });
}

function drawing(from: string, to: readonly string[]): string {
  return to.length > 3 ? `${from} -> each of them` : listed(to.map((name) => `${from} -> ${name}`));
}

type Label = { said: string; value: unknown; place: Place | undefined };

/** Of the container, and of the swarm service, which a proxy of a swarm reads instead. A list of `key=value` or a mapping. */
function labelsOf(values: Values): Label[] {
  const deploy = isMapping(values.deploy) ? values.deploy : {};
  return [values.labels, deploy.labels].flatMap((labels): Label[] => {
    if (Array.isArray(labels))
      return labels.map((label, i) => {
        const [said = '', value] = (asText(label) ?? '').split('=', 2);
        return { said, value, place: placeOf(labels, i) };
      });
    if (!isMapping(labels)) return [];
    return Object.entries(labels).map(([said, value]) => ({ said, value, place: placeOf(labels, said) }));
  });
}

/** The first label that the first pattern fits which fits any. */
function firstOf(labels: readonly Label[], patterns: readonly RegExp[]): Route | null {
  for (const pattern of patterns) {
    const found = labels.find(({ said }) => pattern.test(said));
    if (found) return found;
  }
  return null;
}
