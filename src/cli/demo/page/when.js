// Days and times in a phone's language. Browsers often know no Khmer dates, so these stand here, with the names that the bot uses
// (config/locales/km.ftl); the time zone is that of this machine.

const DAYS = ["អាទិត្យ", "ចន្ទ", "អង្គារ", "ពុធ", "ព្រហស្បតិ៍", "សុក្រ", "សៅរ៍"];
const MONTHS = ["មករា", "កុម្ភៈ", "មីនា", "មេសា", "ឧសភា", "មិថុនា", "កក្កដា", "សីហា", "កញ្ញា", "តុលា", "វិច្ឆិកា", "ធ្នូ"];

// A number as the language writes it.
export const digits = (language, text) =>
  language === "km" ? String(text).replace(/\d/g, (digit) => String.fromCodePoint(0x17e0 + Number(digit))) : String(text);

// 9:57
export const time = (language, date) => digits(language, `${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`);

// Saturday 28 November
export const day = (language, date) =>
  language === "km"
    ? digits(language, `ថ្ងៃ${DAYS[date.getDay()]} ទី${date.getDate()} ខែ${MONTHS[date.getMonth()]}`)
    : date.toLocaleDateString(language === "en" ? "en-GB" : language, { weekday: "long", day: "numeric", month: "long" });

// Saturday 28 November, 9:57
export const moment = (language, date) => `${day(language, date)}, ${time(language, date)}`;
