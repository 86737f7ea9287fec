import { Map as GlMap, setWorkerUrl } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { ground, icons, layers } from './style'

/**
 * Opens the ground of a map that nobody moves, when the page rests: it draws when its data change and rests otherwise.
 * Throws without WebGL 2.
 */
export async function open(container: HTMLElement): Promise<GlMap> {
  setWorkerUrl(workerUrl)
  await rest()
  const map = new GlMap({ container, style: ground, interactive: false, attributionControl: false, fadeDuration: 0, pixelRatio: 1 })
  await map.once('load')
  for (const [name, image] of Object.entries(icons())) map.addImage(name, image, { pixelRatio: 2 })
  return map
}

/**
 * Lays the layers on the ground one by one, each when the page has nothing else to do: the shaders of a layer are made in
 * the task that first draws it, and those of all in one task would keep an alert off the wall for a second.
 */
export async function lay(map: GlMap): Promise<void> {
  const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
  const left = new AbortController()
  map.once('remove', () => left.abort())
  for (const layer of layers(scale)) {
    await rest()
    if (left.signal.aborted) return
    map.addLayer(layer)
    await map.once('idle')
  }
}

/** Resolves when the page rests, or after half a second in which it never did. */
const rest = () => new Promise<void>((then) => {
  if ('requestIdleCallback' in window) window.requestIdleCallback(() => then(), { timeout: 500 })
  else setTimeout(then, 50)
})
