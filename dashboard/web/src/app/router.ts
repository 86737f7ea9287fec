import { createRouter, createWebHistory } from 'vue-router'
import { useSession } from '@/login/session'

/** All pages by address; everything but the login needs a session and comes back to where one wanted to go. */
export function buildRouter() {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', redirect: '/wall' },
      { path: '/login', name: 'login', component: () => import('@/login/LoginPage.vue') },
      { path: '/wall', name: 'wall', component: () => import('@/wall/WallPage.vue') },
      {
        path: '/console',
        component: () => import('@/console/ConsolePage.vue'),
        children: [
          { path: '', redirect: '/console/alerts' },
          { path: 'alerts/:id?', name: 'alerts', component: () => import('@/alerts/AlertsView.vue'), props: true },
          { path: 'orders/:id?', name: 'orders', component: () => import('@/orders/OrdersView.vue'), props: true },
          { path: 'cameras/:id?', name: 'cameras', component: () => import('@/cameras/CamerasView.vue'), props: true },
          { path: 'sensors/:id?', name: 'sensors', component: () => import('@/sensors/SensorsView.vue'), props: true },
          { path: 'health', name: 'health', component: () => import('@/health/HealthView.vue') },
          { path: 'people/:id?', name: 'people', component: () => import('@/people/PeopleView.vue'), props: true },
          { path: 'ledger', name: 'ledger', component: () => import('@/ledger/LedgerView.vue') },
          { path: 'account', name: 'account', component: () => import('@/account/AccountView.vue') },
        ],
      },
      { path: '/:rest(.*)*', redirect: '/wall' },
    ],
  })
  router.beforeEach(async (to) => {
    if (to.name === 'login') return true
    const session = useSession()
    if (session.known) return true
    try {
      if (await session.load()) return true
    } catch {
      return true // the server is away: the page itself shows 断线 and comes back with it
    }
    return { name: 'login', query: { to: to.fullPath } }
  })
  return router
}
