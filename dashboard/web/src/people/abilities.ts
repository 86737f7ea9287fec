/** What a permission such as alert.acknowledge is about, in the order that people care for. */
export const things = ['alert', 'order', 'camera', 'live', 'footage', 'sensor', 'event', 'site', 'user', 'ledger'] as const
export const verbs = [
  'read', 'view', 'edit', 'ptz', 'acknowledge', 'confirm', 'reject', 'order', 'accept', 'dispatch', 'start', 'hold', 'export', 'resume', 'resolve', 'follow_up', 'close', 'cancel',
] as const // prettier-ignore

/** Verbs that mean something else of some things: footage is held against its deletion, an order until it can go on. */
const said: Record<string, string> = { 'footage.hold': 'preserve' }

/** Permissions gathered by what they are about. `change.read` and `order.step` are means to others and say nothing to a person. */
export function abilities(permissions: readonly string[]): { about: string; verbs: string[] }[] {
  return things
    .map((about) => ({ about, verbs: verbs.filter((v) => permissions.includes(`${about}.${v}`)).map((v) => said[`${about}.${v}`] ?? v) }))
    .filter((g) => g.verbs.length > 0)
}
