import { createPinia, setActivePinia } from 'pinia'
import { type App, type Component, createApp, nextTick } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { buildI18n, type Language } from '@/i18n'

/** Puts one component into a page with everything around it that it expects. Stores may be filled before or after. */
export function buildPage(language: Language = 'zh-CN') {
  const pinia = createPinia()
  setActivePinia(pinia)
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { render: () => null } }] })
  const shown: App[] = []
  async function show(component: Component, props: Record<string, unknown> = {}): Promise<HTMLElement> {
    const root = document.createElement('div')
    document.body.append(root)
    const app = createApp(component, props).use(pinia).use(buildI18n(language)).use(router)
    app.mount(root)
    shown.push(app)
    await settle()
    return root
  }
  /** Takes away what was shown, with its listeners and timers. */
  const leave = () => shown.splice(0).forEach((app) => app.unmount())
  return { show, leave, router }
}

/** Lets answered requests and their updates through. */
export async function settle() {
  for (let i = 0; i < 5; i++) {
    await new Promise((done) => setTimeout(done))
    await nextTick()
  }
}

export const $ = (root: ParentNode, id: string) => root.querySelector<HTMLElement>(`[data-testid="${id}"]`)
