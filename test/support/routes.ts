import type { Express, RequestHandler } from 'express';
import { readers, signedIn } from '../../src/auth/auth.js';
import { ROLES, type Role } from '../../src/auth/roles.js';

/** A route as it was drawn: behind which walls, answered by what. */
export type DrawnRoute = {
  method: 'get' | 'post';
  path: string;
  isPublic: boolean;
  /** Where visitors may read, if the settings say so. */
  isReadable: boolean;
  walls: RequestHandler[];
  /** Whom its walls let through, of those who are signed in. */
  roles: Role[];
  action: RequestHandler;
};

type Layer = {
  handle: RequestHandler;
  route?: { path: string; methods: Record<string, boolean>; stack: { handle: RequestHandler }[] };
};

/** Every route of the app, in the order in which it was drawn. */
export function routesOf(app: Express): DrawnRoute[] {
  const layers = (app.router as unknown as { stack: Layer[] }).stack;
  const wallOf = (wall: RequestHandler) => layers.findIndex((layer) => layer.handle === wall);
  const [readable, closed] = [wallOf(readers), wallOf(signedIn)];
  return layers.flatMap(({ route }, i) => {
    if (!route) return [];
    const handlers = route.stack.map((entry) => entry.handle);
    const method = route.methods.post ? 'post' : 'get';
    const walls = handlers.slice(0, -1);
    return [
      {
        method,
        path: route.path,
        isPublic: i < readable,
        isReadable: i > readable && i < closed,
        walls,
        roles: ROLES.filter((role) => walls.filter(isOfRoles).every((wall) => lets(wall, { role }))),
        action: handlers.at(-1)!,
      },
    ];
  });
}

/** What asks for a role refuses nobody in particular at once; limits and what reads a body do not. */
const isOfRoles = (wall: RequestHandler) => !('resetKey' in wall) && !lets(wall, undefined);

function lets(wall: RequestHandler, user: { role: Role } | undefined): boolean {
  try {
    wall({ user } as never, {} as never, () => {});
    return true;
  } catch (error) {
    return (error as { status?: unknown }).status !== 403;
  }
}

/** The route that answers this address, or undefined. */
export function routeAt(routes: DrawnRoute[], method: DrawnRoute['method'], address: string) {
  const path = address.replace(/[?#].*/, '');
  return routes.find((route) => {
    const pattern = route.path.replace(/:(\w+)/g, (_all, name) =>
      name.endsWith('Id') ? '\\d[^/]*' : '[^/]+',
    );
    return route.method === method && new RegExp(`^${pattern.replaceAll('.', '\\.')}$`).test(path);
  });
}

/** The path with an id in every place: `/plans/:planId/edit` -> `/plans/1/edit`. */
export function pathWith(path: string, ids: Record<string, number | string> = {}): string {
  return path.replace(/:(\w+)/g, (_all, name: string) => String(ids[name] ?? 1));
}
