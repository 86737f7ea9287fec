import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from '@/app/App.vue'
import { buildRouter } from '@/app/router'
import { buildI18n, firstLanguage } from '@/i18n'
import '@/app/tokens.css'

createApp(App).use(createPinia()).use(buildI18n(firstLanguage(localStorage))).use(buildRouter()).mount('#app')
