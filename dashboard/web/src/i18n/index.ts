import { createI18n } from 'vue-i18n'
import en from './en.json'
import zh from './zh-CN.json'

export type Language = 'zh-CN' | 'en'

const remembered = 'zhihui.language'

/** The language that was chosen on this machine before, zh-CN when none was. */
export function firstLanguage(storage: Pick<Storage, 'getItem'>): Language {
  return storage.getItem(remembered) === 'en' ? 'en' : 'zh-CN'
}

export function remember(storage: Pick<Storage, 'setItem'>, language: Language) {
  storage.setItem(remembered, language)
}

/** Every sentence of the pages, in one language at a time. */
export const buildI18n = (locale: Language) =>
  createI18n({ legacy: false, locale, fallbackLocale: 'zh-CN', messages: { 'zh-CN': zh, en } })
