import { ref } from 'vue'
import { useSaying } from './refusal'

/** What a person asks of the server here: whether it is under way, and why it was refused, in the page's language. `special` has words of its own for some refusals, '' for others. */
export function useAttempt(special: (refusal: unknown) => string = () => '') {
  const saying = useSaying()
  const busy = ref(false)
  const fault = ref('')
  async function attempt(work: () => Promise<void>): Promise<void> {
    busy.value = true
    fault.value = ''
    try {
      await work()
    } catch (refusal) {
      fault.value = special(refusal) || saying(refusal)
    } finally {
      busy.value = false
    }
  }
  return { attempt, busy, fault }
}
