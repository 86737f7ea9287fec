/** So many cameras are played beside each other at most. */
export const mostCameras = 16

/** How many columns show so many pictures best: of a phone one. */
export const columnsOf = (n: number, phone: boolean): number => (phone ? 1 : Math.ceil(Math.sqrt(Math.max(1, n))))

/** The cameras in an address: known ones, each once, no more than fit. */
export const camerasOf = (asked: unknown, known: (id: string) => boolean): string[] =>
  typeof asked === 'string' ? [...new Set(asked.split(','))].filter(known).slice(0, mostCameras) : []
