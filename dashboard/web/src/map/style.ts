import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'

const empty = { type: 'geojson' as const, data: { type: 'FeatureCollection' as const, features: [] } }

const bySeverity = (none: string, colours: Record<'red' | 'orange' | 'yellow' | 'blue', string>): ExpressionSpecification => [
  'match', ['get', 'severity'], 'red', colours.red, 'orange', colours.orange, 'yellow', colours.yellow, 'blue', colours.blue, none,
]

const kind = (name: string): ExpressionSpecification => ['==', ['get', 'kind'], name]

/** The name of an area, and below it what has befallen it. */
const named: ExpressionSpecification = [
  'case', ['==', ['get', 'note'], ''], ['get', 'name'],
  ['format', ['get', 'name'], {}, '\n', {}, ['get', 'note'], { 'font-scale': 1.05, 'text-color': '#ffffff' }],
]

/** The empty ground of the map, and where its things will come from. */
export const ground: StyleSpecification = {
  version: 8,
  sources: { basemap: empty, areas: empty, names: empty, cameras: empty, sensors: empty },
  layers: [{ id: 'ground', type: 'background', paint: { 'background-color': '#0d141b' } }],
} // prettier-ignore

/**
 * The layers of the wall's quiet night map, the lowest first. At `scale` 2 (pixels a rem beside the usual 16) everything is
 * drawn twice as large. Text is drawn from the system's fonts: no glyphs are fetched from anywhere.
 */
export function layers(scale: number): LayerSpecification[] {
  const px = (n: number) => n * scale
  const text = { 'text-font': ['Noto Sans CJK SC'], 'text-padding': px(3) }
  return [
    // Areas need no smooth edge, which is a shader of its own: the layer `edge` draws one.
    { id: 'area', type: 'fill', source: 'areas', paint: { 'fill-antialias': false, 'fill-color': bySeverity('#131f29', { red: '#4a1f22', orange: '#3f2816', yellow: '#332d14', blue: '#152840' }) } },
    // All areas are in it and most cannot be seen: so its shader is made when the map opens, not in the second in which a block dies.
    { id: 'dark', type: 'fill', source: 'areas', paint: { 'fill-antialias': false, 'fill-pattern': 'hatch', 'fill-opacity': ['case', ['==', ['get', 'dark'], true], 1, 0] } },
    { id: 'green', type: 'fill', source: 'basemap', filter: ['all', kind('green'), ['==', ['geometry-type'], 'Polygon']], paint: { 'fill-color': '#16302a', 'fill-opacity': .7 } },
    { id: 'water', type: 'fill', source: 'basemap', filter: ['all', kind('water'), ['==', ['geometry-type'], 'Polygon']], paint: { 'fill-color': '#17405a', 'fill-opacity': .8 } },
    { id: 'river', type: 'line', source: 'basemap', filter: ['all', kind('water'), ['==', ['geometry-type'], 'LineString']], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': '#17405a', 'line-width': px(9) } },
    { id: 'road', type: 'line', source: 'basemap', filter: kind('road'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': '#2a3b4a', 'line-width': px(3.5) } },
    { id: 'edge', type: 'line', source: 'areas', layout: { 'line-join': 'round' }, paint: { 'line-color': bySeverity('#2f4252', { red: '#a33c40', orange: '#8f5a32', yellow: '#7d6a2a', blue: '#3c618f' }), 'line-width': px(1.2) } },
    { id: 'camera', type: 'symbol', source: 'cameras', layout: { 'icon-image': ['get', 'icon'], 'icon-rotate': ['get', 'heading'], 'icon-size': scale, 'icon-rotation-alignment': 'map', 'icon-allow-overlap': true, 'icon-ignore-placement': true } },
    { id: 'sensor', type: 'symbol', source: 'sensors', layout: { ...text, 'icon-image': ['get', 'icon'], 'icon-size': ['case', ['get', 'small'], .6 * scale, scale], 'icon-allow-overlap': true, 'text-optional': true, 'text-field': ['get', 'text'], 'text-size': px(14), 'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 1.35 }, paint: { 'text-color': bySeverity('#a9c4d0', { red: '#ff8f90', orange: '#ffab75', yellow: '#f5d05e', blue: '#8fc0ff' }), 'text-halo-color': '#0d141b', 'text-halo-width': px(1.4) } },
    // Above the sensors: where there is no room for both, the name of the place stays.
    // Many names are small, and one that would lie over another is left out.
    { id: 'name-small', type: 'symbol', source: 'names', filter: ['get', 'small'], layout: { ...text, 'text-field': named, 'text-size': px(13) }, paint: { 'text-color': '#93a9bb', 'text-halo-color': '#0d141b', 'text-halo-width': px(1.8) } },
    { id: 'name', type: 'symbol', source: 'names', filter: ['!', ['get', 'small']], layout: { ...text, 'text-field': named, 'text-size': px(17), 'text-letter-spacing': .08, 'text-allow-overlap': true }, paint: { 'text-color': '#93a9bb', 'text-halo-color': '#0d141b', 'text-halo-width': px(1.8) } },
  ] // prettier-ignore
}

const side = 32

/** The map's few signs, drawn once: a dot with its field of view, a hollow one, a crossed one, a sensor's drop. */
export function icons(): Record<string, ImageData> {
  const ok = '#3fb68b'
  return {
    'camera-online': draw((c) => camera(c, ok, ok)),
    'camera-degraded': draw((c) => camera(c, '#0d141b', '#93a7b8')),
    'camera-down': draw(cross),
    'camera-idle': draw(speck),
    'cameras-online': draw((c) => dot(c, ok, ok)),
    'cameras-degraded': draw((c) => dot(c, '#0d141b', '#93a7b8')),
    'cameras-down': draw(cross),
    'cameras-idle': draw(speck),
    hatch: draw(hatch),
    sensor: draw((c) => ring(c, '#4cc3d9')),
    'sensor-stale': draw((c) => ring(c, '#64798b')),
  }
}

function draw(paint: (c: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = side * 2
  const c = canvas.getContext('2d', { willReadFrequently: true })! // read at once: on a graphics card that waits for all it has to draw
  c.scale(2, 2)
  paint(c)
  return c.getImageData(0, 0, side * 2, side * 2)
}

function camera(c: CanvasRenderingContext2D, fill: string, stroke: string) {
  c.fillStyle = stroke
  c.globalAlpha = 0.28
  c.beginPath()
  c.moveTo(16, 16)
  c.arc(16, 16, 14, -Math.PI / 2 - 0.5, -Math.PI / 2 + 0.5)
  c.fill()
  c.globalAlpha = 1
  dot(c, fill, stroke)
}

/** One camera without its field of view, or several that share a mark. */
function dot(c: CanvasRenderingContext2D, fill: string, stroke: string) {
  c.beginPath()
  c.arc(16, 16, 4, 0, 2 * Math.PI)
  c.fillStyle = fill
  c.fill()
  c.lineWidth = 1.5
  c.strokeStyle = stroke
  c.stroke()
}

function cross(c: CanvasRenderingContext2D) {
  c.lineWidth = 2.5
  c.strokeStyle = '#8193a3'
  c.beginPath()
  c.moveTo(11, 11)
  c.lineTo(21, 21)
  c.moveTo(21, 11)
  c.lineTo(11, 21)
  c.stroke()
}

/** A camera that is registered and gives no pictures: there, and nothing to look at. */
function speck(c: CanvasRenderingContext2D) {
  c.beginPath()
  c.arc(16, 16, 1.6, 0, 2 * Math.PI)
  c.fillStyle = '#4d5f6e'
  c.fill()
}

/** The ground of what is blind, as on the tiles: stripes that meet at the edges of the pattern. */
function hatch(c: CanvasRenderingContext2D) {
  c.fillStyle = '#070b0f'
  c.globalAlpha = 0.62
  c.fillRect(0, 0, side, side)
  c.globalAlpha = 1
  c.strokeStyle = '#5b6d7c'
  c.lineWidth = 2.4
  c.beginPath()
  for (const x of [-side, -side / 2, 0, side / 2, side]) {
    c.moveTo(x - 4, side + 4)
    c.lineTo(x + side + 4, -4)
  }
  c.stroke()
}

function ring(c: CanvasRenderingContext2D, colour: string) {
  c.lineWidth = 2.5
  c.strokeStyle = colour
  c.fillStyle = '#0d141b'
  c.beginPath()
  c.rect(11.5, 11.5, 9, 9)
  c.fill()
  c.stroke()
}
