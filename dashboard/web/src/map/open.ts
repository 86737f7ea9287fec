import { Map as GlMap, setWorkerUrl } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { icons, style } from './style'

/** Opens a map that nobody moves: it draws when its data change and rests otherwise. Throws without WebGL 2. */
export async function open(container: HTMLElement): Promise<GlMap> {
  setWorkerUrl(workerUrl)
  const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
  const map = new GlMap({ container, style: style(scale), interactive: false, attributionControl: false, fadeDuration: 0, pixelRatio: 1 })
  await map.once('load')
  for (const [name, image] of Object.entries(icons())) map.addImage(name, image, { pixelRatio: 2 })
  return map
}
