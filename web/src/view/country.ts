/** codes are the countries' calling codes (ITU-T E.164), by their two letters (ISO 3166). */
const codes = "AF93AL355DZ213AD376AO244AR54AM374AU61AT43AZ994BH973BD880BY375BE32BZ501BJ229BT975BO591BA387BW267BR55BN673BG359BF226BI257KH855CM237CA1CV238TD235CL56CN86CO57KM269CG242CD243CR506CI225HR385CU53CY357CZ420DK45DJ253DO1EC593EG20SV503EE372ET251FJ679FI358FR33GA241GM220GE995DE49GH233GR30GT502GN224GY592HT509HN504HK852HU36IS354IN91ID62IR98IQ964IE353IL972IT39JM1JP81JO962KZ7KE254KR82KW965KG996LA856LV371LB961LS266LR231LY218LI423LT370LU352MO853MG261MW265MY60MV960ML223MT356MR222MU230MX52MD373MC377MN976ME382MA212MZ258MM95NA264NP977NL31NZ64NI505NE227NG234MK389NO47OM968PK92PS970PA507PG675PY595PE51PH63PL48PT351PR1QA974RO40RU7RW250SA966SN221RS381SC248SL232SG65SK421SI386SO252ZA27ES34LK94SD249SR597SE46CH41SY963TW886TJ992TZ255TH66TG228TT1TN216TR90TM993UG256UA380AE971GB44US1UY598UZ998VE58VN84YE967ZM260ZW263";
const dials = new Map([...codes.matchAll(/([A-Z]{2})(\d+)/g)].map(([, code, number]) => [code, number]));

export const dial = (code: string): string => dials.get(code) || "";

/** flag is a country's, of two letters that stand for it. */
export const flag = (code: string): string => code.replace(/./g, (c) => String.fromCodePoint(0x1f1a5 + c.charCodeAt(0)));

/** own is the country of the browser's language, as far as it tells one. */
export function own(): string {
  const region = (navigator.languages || []).map((l) => l.split("-")[1]).find((r) => dials.has(r));
  return region || "US";
}

/** countries are all of them in a language's order; the browser knows their names. */
export function countries(lang: string): { code: string; name: string; dial: string }[] {
  const names = new Intl.DisplayNames([lang], { type: "region" });
  return [...dials].map(([code, number]) => ({ code, name: names.of(code) || code, dial: number })).sort((a, b) => a.name.localeCompare(b.name, lang));
}
