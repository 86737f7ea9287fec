/** So many cameras are played beside each other at most. */
export const mostCameras = 16

/** How many columns show so many pictures best: of a phone one. */
export const columnsOf = (n: number, phone: boolean): number => (phone ? 1 : Math.ceil(Math.sqrt(Math.max(1, n))))

/** The cameras in an address: ids, each once, no more than fit. One that is no longer of the site may have left footage. */
export const camerasOf = (asked: unknown): string[] =>
  typeof asked === 'string' ? [...new Set(asked.split(','))].filter((id) => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(id)).slice(0, mostCameras) : []
