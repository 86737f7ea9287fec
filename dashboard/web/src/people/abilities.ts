/** What a permission such as alert.acknowledge is about, in the order that people care for. */
export const things = ['alert', 'order', 'camera', 'live', 'sensor', 'event', 'site', 'user', 'ledger'] as const
export const verbs = [
  'read', 'view', 'edit', 'ptz', 'acknowledge', 'confirm', 'reject', 'order', 'accept', 'dispatch', 'start', 'hold', 'resume', 'resolve', 'follow_up', 'close', 'cancel',
] as const // prettier-ignore

/** Permissions gathered by what they are about. `change.read` and `order.step` are means to others and say nothing to a person. */
export function abilities(permissions: readonly string[]): { about: string; verbs: string[] }[] {
  return things
    .map((about) => ({ about, verbs: verbs.filter((v) => permissions.includes(`${about}.${v}`)) }))
    .filter((g) => g.verbs.length > 0)
}
