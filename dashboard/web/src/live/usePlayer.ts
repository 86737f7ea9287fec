import { onBeforeUnmount, onMounted, type Ref, shallowRef, watch } from 'vue'
import type { Picture } from './buffer'
import { useHall } from './hall'
import { liveUrl, Player } from './player'

/**
 * Plays a camera in the element for as long as somebody can see it: not in a hidden page, not scrolled out of sight, not
 * while `wanted` is false. Returns what the player knows of its picture.
 */
export function usePlayer(video: Ref<HTMLVideoElement | null>, camera: () => string, wanted: () => boolean): Ref<Picture> {
  const picture = shallowRef<Picture>({ lastAt: null, triedAt: Date.now(), unplayable: '' })
  const inSight = shallowRef(false)
  const pageShown = shallowRef(document.visibilityState === 'visible')
  let player: Player | null = null

  const turned = () => (pageShown.value = document.visibilityState === 'visible')
  const sight = new IntersectionObserver((entries) => (inSight.value = entries.at(-1)?.isIntersecting ?? false))

  function restart() {
    player?.stop()
    player = null
    if (!video.value || !inSight.value || !pageShown.value || !wanted()) return
    player = new Player(video.value, liveUrl(camera()), (p) => (picture.value = p))
    player.start()
  }

  onMounted(() => {
    document.addEventListener('visibilitychange', turned)
    if (video.value) sight.observe(video.value)
  })
  watch([inSight, pageShown, camera, wanted], restart)
  const hall = useHall()
  watch(() => hall.lost, (lost) => lost || player?.hurry())
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', turned)
    sight.disconnect()
    player?.stop()
  })
  return picture
}
