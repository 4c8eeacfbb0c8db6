import { failureWords, severityWords } from "../syslog/severity.ts";

/**
 * What `parseLine` and `Tally` do, in POSIX awk, so that a log is counted where it lies and only the counts cross the
 * line. For LC_ALL=C and any awk (mawk, gawk, busybox). Variables: `skip` 1 drops the first line, which belongs to the
 * part before; `limit` bytes, beyond which no line is begun (0: none); `from`, the first minute that counts; `today`
 * (`MM-DD`) and `year` give years to times that have none; `errors`, `warnings`, `failures` are the quick filters.
 *
 * A line costs two lookups: its severity, where it depends on words, and whether it is asked for are decided once for
 * each message.
 */
export const countingProgram = `
function has(words, text) { return text ~ ("(^|[^a-z])(" words ")([^a-z]|$)") }
function byWords(text) {
${Object.entries(severityWords)
  .map(([severity, words]) => `  if (has("${words}", text)) return "${severity}"`)
  .join("\n")}
  return "info"
}
function severityOf(key,   part) {
  split(key, part, "\\t")
  return part[1] == "" ? byWords(tolower(substr(key, length(part[2]) + 3))) : part[1]
}
function wanted(key,   level, part) {
  level = severityOf(key)
  if (errors && (level == "err" || level == "crit" || level == "alert" || level == "emerg")) return 1
  if (warnings && level == "warning") return 1
  split(key, part, "\\t")
  return failures && has("${failureWords}", tolower(substr(key, length(part[1]) + length(part[2]) + 3)))
}
function level(key, count,   part) {
  split(key, part, "\\t")
  levels[severityOf(key) "\\t" part[2]] += count
}
function prune(   key) {
  floor++
  for (key in messages) if (messages[key] <= floor) {
    level(key, messages[key])
    delete messages[key]
    distinct--
  }
}
BEGIN {
  split("emerg alert crit err warning notice info debug", names, " ")
  split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", list, " ")
  for (i = 1; i <= 12; i++) month[list[i]] = (i < 10 ? "0" : "") i
  quick = errors + warnings + failures
}
{
  if (limit && at > limit) exit
  at += length($0) + 1
  if (NR == 1 && skip) next
  read++
  text = $0
  severity = ""
  modern = 0
  if (substr(text, 1, 1) == "<") {
    i = index(text, ">")
    if (i > 2 && i < 6 && substr(text, 2, i - 2) !~ /[^0-9]/) {
      severity = names[substr(text, 2, i - 2) % 8 + 1]
      text = substr(text, i + 1)
      if (substr(text, 1, 2) == "1 ") { modern = 1; text = substr(text, 3) }
    }
  }
  if (substr(text, 5, 1) == "-" && substr(text, 11, 1) == "T") {
    minute = substr(text, 1, 16)
    i = index(text, " ")
    if (!i) { odd++; next }
    text = substr(text, i + 1)
  } else if (substr(text, 4, 1) == " " && substr(text, 16, 1) == " " && substr(text, 1, 3) in month) {
    day = substr(text, 5, 2)
    if (substr(day, 1, 1) == " ") day = "0" substr(day, 2)
    day = month[substr(text, 1, 3)] "-" day
    minute = (day > today ? year - 1 : year) "-" day "T" substr(text, 8, 5)
    text = substr(text, 17)
  } else { odd++; next }
  if (minute < from) next
  i = index(text, " ")
  if (!i) { odd++; next }
  host = substr(text, 1, i - 1)
  text = substr(text, i + 1)
  i = index(text, " ")
  tag = i ? substr(text, 1, i - 1) : text
  if (modern) {
    program = tag
    text = i ? substr(text, i + 1) : ""
    for (j = 0; j < 2; j++) { i = index(text, " "); text = i ? substr(text, i + 1) : "" }
    if (substr(text, 1, 1) == "[") { i = index(text, "] "); text = i ? substr(text, i + 2) : "" }
    else text = substr(text, 1, 2) == "- " ? substr(text, 3) : ""
  } else if (substr(tag, length(tag)) == ":") {
    j = index(tag, "[")
    program = j > 1 ? substr(tag, 1, j - 1) : substr(tag, 1, length(tag) - 1)
    text = i ? substr(text, i + 1) : ""
  } else program = "-"
  if (length(text) > 200) text = substr(text, 1, 200)
  gsub(/[0-9][0-9A-Fa-fx.:-]*/, "#", text)
  key = severity "\\t" program "\\t" text
  if (quick) {
    if (!(key in asked)) {
      if (++known > 20000) { split("", asked); known = 1 }
      asked[key] = wanted(key)
    }
    if (!asked[key]) next
  }
  counted++
  hosts[host]++
  if (!messages[key]++) if (++distinct > 20000) prune()
  if (minute != last) { minutes[last] += run; last = minute; run = 0 }
  run++
}
END {
  minutes[last] += run
  for (key in hosts) print "H\\t" hosts[key] "\\t" key
  for (key in minutes) if (minutes[key]) print "T\\t" minutes[key] "\\t" key
  for (key in messages) {
    level(key, messages[key])
    if (messages[key] > 1 || distinct <= 1000) {
      text = key
      sub(/^[^\\t]*/, severityOf(key), text)
      print "M\\t" messages[key] "\\t" text
    }
  }
  for (key in levels) print "L\\t" levels[key] "\\t" key
  print "E\\t" read + 0 "\\t" counted + 0 "\\t" odd + 0
}
`;
