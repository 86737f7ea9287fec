/** What a false alert mostly comes from, in the order of its keys 1–9. */
export const reasons = ['weather', 'insect', 'light', 'animal', 'plants', 'work', 'drill', 'device', 'nothing'] as const
