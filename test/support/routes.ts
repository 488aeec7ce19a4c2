import type { Express, RequestHandler } from 'express';
import { readers, signedIn } from '../../src/auth/auth.js';

/** A route as it was drawn: behind which walls, answered by what. */
export type DrawnRoute = {
  method: 'get' | 'post';
  path: string;
  isPublic: boolean;
  /** Where visitors may read, if the settings say so. */
  isReadable: boolean;
  walls: RequestHandler[];
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
    return [
      {
        method,
        path: route.path,
        isPublic: i < readable,
        isReadable: i > readable && i < closed,
        walls: handlers.slice(0, -1),
        action: handlers.at(-1)!,
      },
    ];
  });
}

/** The path with an id in every place: `/plans/:planId/edit` -> `/plans/1/edit`. */
export function pathWith(path: string, ids: Record<string, number | string> = {}): string {
  return path.replace(/:(\w+)/g, (_all, name: string) => String(ids[name] ?? 1));
}
