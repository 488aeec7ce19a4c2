/** Who may do what: the one table there is, of those who are signed in. Roles go up: an admin may what an editor may, an editor what a viewer may. */
export const ROLES = ['viewer', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/**
 * `read`; `comment` is to write comments, and to change and delete one's own; `edit` is to create, change, delete and restore all else;
 * `administer` is people, the trail, the price book, and what others commented.
 */
const LEAST_ROLE = {
  read: 'viewer',
  comment: 'viewer',
  edit: 'editor',
  administer: 'admin',
} as const satisfies Record<string, Role>;
export type Action = keyof typeof LEAST_ROLE;

/** True when people of this role may do this. Nobody in particular (null) may nothing. */
export function can(role: Role | null, action: Action): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(LEAST_ROLE[action]);
}

/** `ownerId` is a comment's author, who may delete it; of a deleted one who did that, who may bring it back. An admin may do either. */
export function isOwnOrAdmin(person: { id: number; role: Role }, ownerId: number | null): boolean {
  return person.id === ownerId || can(person.role, 'administer');
}
