/** Who may do what: the one table there is. Roles go up: an admin may what an editor may, an editor what a viewer may. */
export const ROLES = ['viewer', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const LEAST_ROLE = { read: 'viewer', edit: 'editor', administer: 'admin' } as const satisfies Record<
  string,
  Role
>;
export type Action = keyof typeof LEAST_ROLE;

/** True when people of this role may do this. */
export function can(role: Role, action: Action): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(LEAST_ROLE[action]);
}
