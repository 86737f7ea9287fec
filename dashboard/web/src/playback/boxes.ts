/** When a picture of the footage is shown, in seconds on the video's own time line, and for how long. */
export interface Picture {
  at: number
  length: number
}

const ticksWithout = 90_000 // of a piece that names none: the hall's own

/** The boxes in a stretch of bytes: their names and where their contents lie. What does not fit ends it: a torn piece is read as far as it is whole. */
function* boxes(view: DataView, from: number, to: number): Generator<{ name: string; from: number; to: number }> {
  for (let at = from; at + 8 <= to; ) {
    let [size, head] = [view.getUint32(at), 8]
    if (size === 1 && at + 16 <= to) [size, head] = [Number(view.getBigUint64(at + 8)), 16]
    if (size === 0) size = to - at
    if (size < head || at + size > to) return
    const name = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5), view.getUint8(at + 6), view.getUint8(at + 7))
    yield { name, from: at + head, to: at + size }
    at += size
  }
}

function inside(view: DataView, box: { from: number; to: number }, ...path: string[]): { from: number; to: number } | undefined {
  let here: { from: number; to: number } | undefined = box
  for (const name of path) here = here && [...boxes(view, here.from, here.to)].find((b) => b.name === name)
  return here
}

/** The pictures of a piece of footage in the order they are shown: read from the heads of its fragments, for steps by one picture. */
export function pictures(bytes: ArrayBuffer): Picture[] {
  const view = new DataView(bytes)
  const all: Picture[] = []
  let ticks = ticksWithout
  try {
    for (const box of boxes(view, 0, view.byteLength)) {
      if (box.name === 'moov') ticks = timescale(view, box) || ticks
      if (box.name !== 'moof') continue
      const traf = inside(view, box, 'traf')
      if (traf) all.push(...samples(view, traf, ticks))
    }
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault // a head that ends in its middle: what came before it is right
  }
  return all.sort((a, b) => a.at - b.at)
}

function timescale(view: DataView, moov: { from: number; to: number }): number {
  const mdhd = inside(view, moov, 'trak', 'mdia', 'mdhd')
  return mdhd ? view.getUint32(mdhd.from + (view.getUint8(mdhd.from) === 1 ? 20 : 12)) : 0
}

/** The samples of one track's fragment; those of the sound, which is track 2, are no pictures. */
function samples(view: DataView, traf: { from: number; to: number }, ticks: number): Picture[] {
  const [tfhd, tfdt, trun] = ['tfhd', 'tfdt', 'trun'].map((name) => inside(view, traf, name))
  if (!tfhd || !tfdt || !trun || view.getUint32(tfhd.from + 4) !== 1) return []
  const of = view.getUint32(tfhd.from)
  const usual = of & 0x8 ? view.getUint32(tfhd.from + 8 + (of & 0x1 ? 8 : 0) + (of & 0x2 ? 4 : 0)) : 0
  let at = view.getUint8(tfdt.from) === 1 ? Number(view.getBigUint64(tfdt.from + 4)) : view.getUint32(tfdt.from + 4)
  const flags = view.getUint32(trun.from)
  let place = trun.from + 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0)
  const all: Picture[] = []
  for (let n = view.getUint32(trun.from + 4); n > 0 && place <= trun.to; n--) {
    const length = flags & 0x100 ? view.getUint32(place) : usual
    place += (flags & 0x100 ? 4 : 0) + (flags & 0x200 ? 4 : 0) + (flags & 0x400 ? 4 : 0)
    const shift = flags & 0x800 ? view.getInt32(place) : 0
    if (flags & 0x800) place += 4
    if (place > trun.to || (place === trun.from + 8 && n > 1)) break // more samples than the box has room for
    all.push({ at: (at + shift) / ticks, length: length / ticks })
    at += length
  }
  return all
}

/** The picture that is shown at an instant, both in seconds; undefined where none is known. `all` is in order. */
export function shownAt(all: readonly Picture[], at: number): Picture | undefined {
  let [low, high] = [0, all.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (all[middle]!.at <= at) low = middle + 1
    else high = middle
  }
  return all[low - 1]
}

/** Where the next picture forward (1) or back (-1) is surely seen: a little within it, in seconds. */
export function neighbour(all: readonly Picture[], at: number, way: 1 | -1): number | undefined {
  const here = shownAt(all, at)
  if (!here) return undefined
  const there = all[all.indexOf(here) + way]
  // What is not in the buffer is fetched for an instant that is in it: just before this picture, or just after its end.
  if (!there) return way === 1 ? here.at + here.length + within : here.at - within
  return there.at + Math.min(within, there.length / 2)
}

const within = 0.002
