import { createPinia, setActivePinia } from 'pinia'
import { type Component, createApp, nextTick } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { buildI18n, type Language } from '@/i18n'

/** Puts one component into a page with everything around it that it expects. Stores may be filled before or after. */
export function buildPage(language: Language = 'zh-CN') {
  const pinia = createPinia()
  setActivePinia(pinia)
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { render: () => null } }] })
  async function show(component: Component, props: Record<string, unknown> = {}): Promise<HTMLElement> {
    const root = document.createElement('div')
    document.body.append(root)
    createApp(component, props).use(pinia).use(buildI18n(language)).use(router).mount(root)
    await settle()
    return root
  }
  return { show, router }
}

/** Lets answered requests and their updates through. */
export async function settle() {
  for (let i = 0; i < 5; i++) {
    await new Promise((done) => setTimeout(done))
    await nextTick()
  }
}

export const $ = (root: ParentNode, id: string) => root.querySelector<HTMLElement>(`[data-testid="${id}"]`)
