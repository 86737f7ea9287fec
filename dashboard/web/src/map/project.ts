/** A place on the screen, px from the top left of the map. */
export interface Spot {
  x: number
  y: number
}
export type Project = (place: { lon: number; lat: number }) => Spot

const mercator = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * (180 / Math.PI)

/** Lays the corners [[west, south], [east, north]] into a box of w × h px with a margin, in the map's own Web Mercator. */
export function projector(corners: [[number, number], [number, number]], w: number, h: number, margin: number): Project {
  const [[west, south], [east, north]] = corners
  const [bottom, top] = [mercator(south), mercator(north)]
  const least = 1e-6 // a site of a single point
  const scale = Math.min((w - 2 * margin) / Math.max(east - west, least), (h - 2 * margin) / Math.max(top - bottom, least))
  const [midX, midY] = [(west + east) / 2, (bottom + top) / 2]
  return ({ lon, lat }) => ({ x: w / 2 + (lon - midX) * scale, y: h / 2 - (mercator(lat) - midY) * scale })
}
