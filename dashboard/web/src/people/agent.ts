const browsers: [RegExp, string][] = [
  [/MicroMessenger/, 'WeChat'], [/DingTalk/, 'DingTalk'], [/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'], [/Safari\//, 'Safari'], [/^curl\//, 'curl'],
] // prettier-ignore
const systems: [RegExp, string][] = [
  [/Windows/, 'Windows'], [/Android/, 'Android'], [/HarmonyOS/, 'HarmonyOS'], [/iPhone|iPad/, 'iOS'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux'],
] // prettier-ignore

/** A User-Agent as a person knows it: "Chrome · Windows"; what it begins with when it is none of the known, "" for none. */
export function browserOf(agent: string): string {
  const first = (list: [RegExp, string][]) => list.find(([sign]) => sign.test(agent))?.[1]
  return [first(browsers), first(systems)].filter(Boolean).join(' · ') || agent.slice(0, 40)
}
