import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'
import { keepToken, screenToken, tokenIn } from '@/login/screen'
import { useSession } from '@/login/session'
import { doorFor, home, narrow } from './pages'

declare module 'vue-router' {
  interface RouteMeta {
    /** The key of the page's name. */
    title?: string
    /** Needs no session, and does not follow the hall. */
    free?: boolean
  }
}

/** All pages by address; each comes back after a login, and what a role may not open says so in its place. */
export function buildRouter() {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', name: 'root', component: { render: () => null } },
      { path: '/login', name: 'login', meta: { title: 'login.submit', free: true }, component: () => import('@/login/LoginPage.vue') },
      { path: '/password', name: 'password', meta: { title: 'password.title', free: true }, component: () => import('@/login/FirstPasswordPage.vue') },
      { path: '/screen', name: 'screen', meta: { title: 'screen.title', free: true }, component: () => import('@/login/ScreenPage.vue') },
      { path: '/wall', name: 'wall', meta: { title: 'wall.title' }, component: () => import('@/wall/WallPage.vue') },
      {
        path: '/console',
        component: () => import('@/console/ConsolePage.vue'),
        children: [
          { path: '', redirect: '/console/alerts' },
          { path: 'alerts/:id?', name: 'alerts', meta: { title: 'console.alerts' }, component: () => import('@/alerts/AlertsView.vue'), props: true },
          { path: 'orders/:id?', name: 'orders', meta: { title: 'console.orders' }, component: () => import('@/orders/OrdersView.vue'), props: true },
          { path: 'cameras/:id?', name: 'cameras', meta: { title: 'console.cameras' }, component: () => import('@/cameras/CamerasView.vue'), props: true },
          { path: 'playback', name: 'playback', meta: { title: 'console.playback' }, component: () => import('@/playback/PlaybackView.vue') },
          { path: 'sensors/:id?', name: 'sensors', meta: { title: 'console.sensors' }, component: () => import('@/sensors/SensorsView.vue'), props: true },
          { path: 'health', name: 'health', meta: { title: 'console.health' }, component: () => import('@/health/HealthView.vue') },
          { path: 'people/:id?', name: 'people', meta: { title: 'console.people' }, component: () => import('@/people/PeopleView.vue'), props: true },
          { path: 'walls', name: 'walls', meta: { title: 'console.walls' }, component: () => import('@/people/WallsView.vue') },
          { path: 'holds', name: 'holds', meta: { title: 'console.holds' }, component: () => import('@/holds/HoldsView.vue') },
          { path: 'ledger', name: 'ledger', meta: { title: 'console.ledger' }, component: () => import('@/ledger/LedgerView.vue') },
          { path: 'watched', name: 'watched', meta: { title: 'console.watched' }, component: () => import('@/watched/WatchedView.vue') },
          { path: 'account', name: 'account', meta: { title: 'console.account' }, component: () => import('@/account/AccountView.vue') },
          { path: ':rest(.*)*', name: 'missing-console', meta: { title: 'missing.title' }, component: () => import('./MissingPage.vue') },
        ],
      },
      { path: '/:rest(.*)*', name: 'missing', meta: { title: 'missing.title', free: true }, component: () => import('./MissingPage.vue') },
    ],
  })
  router.beforeEach(enter)
  return router
}

/** Lets a page open, or leads to what has to come before it. */
async function enter(to: RouteLocationNormalized) {
  const token = to.name === 'wall' ? tokenIn(to.hash) : ''
  if (token) {
    window.history.replaceState(window.history.state, '', '/wall') // nobody reads the token off the screen, no history keeps it
    keepToken(localStorage, token)
    return { name: 'screen', replace: true }
  }
  if (to.meta.free && to.name !== 'password') return true
  const session = useSession()
  try {
    if (!session.known) await session.load()
  } catch {
    return to.name === 'root' ? '/wall' : true // the server is away: the page itself shows 断线 and comes back with it
  }
  const door = doorFor(session.me, screenToken(localStorage) !== '')
  if (door === 'open' && to.name === 'wall' && narrow() && session.me?.role !== 'wall') return home(session.me, true) // a phone has no room for a wall
  if (door === to.name) return true
  if (door === 'open') return to.name === 'password' || to.name === 'root' ? home(session.me, narrow()) : true
  return { name: door, query: { to: to.name === 'password' ? to.query.to : to.name === 'root' ? undefined : to.fullPath } }
}
