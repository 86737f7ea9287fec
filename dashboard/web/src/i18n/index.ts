import { createI18n } from 'vue-i18n'

export type Language = 'zh-CN' | 'en'

const remembered = 'zhihui.language'

/** The language that was chosen on this machine before, zh-CN when none was. */
export function firstLanguage(storage: Pick<Storage, 'getItem'>): Language {
  return storage.getItem(remembered) === 'en' ? 'en' : 'zh-CN'
}

export function remember(storage: Pick<Storage, 'setItem'>, language: Language) {
  storage.setItem(remembered, language)
}

export type Texts = { [key: string]: string | Texts }

/** The sentences of one language by file: each feature keeps its own beside its components. */
export const textFiles: Record<Language, Record<string, Texts>> = {
  'zh-CN': import.meta.glob<Texts>('../*/zh-CN.json', { eager: true, import: 'default' }),
  en: import.meta.glob<Texts>('../*/en.json', { eager: true, import: 'default' }),
}

/** All sentences of a language; no two features have the same first key. */
export const texts = (language: Language): Texts => Object.assign({}, ...Object.values(textFiles[language]))

/** Every sentence of the pages, in one language at a time. */
export const buildI18n = (locale: Language) =>
  createI18n({ legacy: false, locale, fallbackLocale: 'zh-CN', messages: { 'zh-CN': texts('zh-CN'), en: texts('en') } as unknown as Record<Language, Record<string, string>> })
