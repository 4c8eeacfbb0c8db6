import { failureWords, severityWords } from "../syslog/severity.ts";

/**
 * What `parseLine` and `Tally` do, in POSIX awk, so that a log is counted where it lies and only the counts cross the
 * line. For LC_ALL=C and any awk (mawk, gawk, busybox). Variables: `folding` is a command that prints the same lines with
 * a 0 for every digit; `skip` 1 drops the first line, which belongs to the part before; `limit` bytes, beyond which no
 * line is begun; `from`, the first minute that counts; `today` (`MM-DD`) and `year` give years to times that have none;
 * `errors`, `warnings`, `failures` are the quick filters.
 *
 * A line costs two lookups: its host, and what follows with zeros for digits, which is the same in most lines of a kind.
 * Only what is new there is taken apart.
 */
export const countingProgram = `
function byWords(text) {
${Object.entries(severityWords)
  .map(([severity, words]) => `  if (text ~ /${anyOf(words)}/) return "${severity}"`)
  .join("\n")}
  return "info"
}
function afterWord(text,   end) {
  end = index(text, " ")
  return end ? substr(text, end + 1) : ""
}
# Takes PRI and the version from line and zeros; they become the beginning of the key.
function strip(   end) {
  end = index(line, ">")
  if (end < 3 || end > 5 || substr(line, 2, end - 2) ~ /[^0-9]/) return
  lead = names[substr(line, 2, end - 2) % 8 + 1] "\\n"
  if (substr(line, end + 1, 2) == "1 ") { lead = "1" lead; end += 2 }
  line = substr(line, end + 1)
  zeros = substr(zeros, end + 1)
}
# Sets minute, and stamp to as much of the line as tells it.
function look(   day) {
  minutes[minute] += run
  run = width = 0
  stamp = "\\n"
  if (substr(line, 5, 1) == "-" && substr(line, 11, 1) == "T") {
    width = 16
    minute = substr(line, 1, 16)
  } else if (substr(line, 4, 1) == " " && substr(line, 1, 3) in month) {
    width = 12
    day = substr(line, 5, 2)
    if (substr(day, 1, 1) == " ") day = "0" substr(day, 2)
    day = month[substr(line, 1, 3)] "-" day
    minute = (day > today ? year - 1 : year) "-" day "T" substr(line, 8, 5)
  } else return
  stamp = substr(line, 1, width)
  early = minute < from
}
# Takes a key apart: severity (empty where its words must tell), program and message.
function take(key,   end, tag, modern) {
  end = index(key, "\\n")
  severity = substr(key, 1, end - 1)
  modern = sub(/^1/, "", severity)
  message = substr(key, end + 1)
  end = index(message, " ")
  tag = end ? substr(message, 1, end - 1) : message
  program = modern ? tag : "-"
  if (modern) {
    message = afterWord(afterWord(afterWord(message)))
    if (substr(message, 1, 2) == "- ") message = substr(message, 3)
    else {
      end = substr(message, 1, 1) == "[" ? index(message, "] ") : 0
      message = end ? substr(message, end + 2) : ""
    }
  } else if (substr(tag, length(tag)) == ":") {
    message = afterWord(message)
    end = index(tag, "[")
    program = substr(tag, 1, (end > 1 ? end : length(tag)) - 1)
  }
  message = substr(message, 1, 200)
  gsub(/[0-9][0-9A-Fa-fx.:-]*/, "#", message)
}
function level() { return severity == "" ? byWords(tolower(message)) : severity }
function wanted(   said) {
  said = level()
  if (errors && (said == "err" || said == "crit" || said == "alert" || said == "emerg")) return 1
  if (warnings && said == "warning") return 1
  return failures && tolower(message) ~ /${anyOf(failureWords)}/
}
# The key with its program as the line has it: a name's own digits are no number.
function named() {
  return lead substr(line, begin, digits[key]) substr(key, length(lead) + digits[key] + 1)
}
# For a key that is new; 0 when it is not asked for.
function enter(   kind) {
  if (key ~ /^(1[a-z]*\\n|[a-z]*\\n.?[^ []*0|.?[^ []*0)/ && !(key in digits)) {
    take(key)
    if (program ~ /0/) {
      digits[key] = length(program)
      some = 1
      delete count[key]
      key = named()
      if (key in refused) return 0
      if (count[key]++) return 1
    }
  }
  if (quick) {
    take(key)
    kind = severity "\\t" program "\\t" message
    if (!(kind in asked)) asked[kind] = wanted()
    if (!asked[kind]) {
      delete count[key]
      refused[key]
      if (++fresh > 20000) flush()
      return 0
    }
  }
  if (++fresh > 20000) flush()
  return 1
}
function flush(   key, kind) {
  for (key in count) {
    take(key)
    kind = severity "\\t" program "\\t" message
    if (!messages[kind]) kinds++
    messages[kind] += count[key]
    if (kinds > 20000) prune()
  }
  fresh = some = 0
  split("", count)
  split("", digits)
  split("", refused)
  split("", asked)
}
function add(kind,   part) {
  split(kind, part, "\\t")
  severity = part[1]
  message = substr(kind, length(part[1]) + length(part[2]) + 3)
  levels[level() "\\t" part[2]] += messages[kind]
}
function prune(   kind) {
  floor++
  for (kind in messages) if (messages[kind] <= floor) {
    add(kind)
    delete messages[kind]
    kinds--
  }
}
BEGIN {
  split("emerg alert crit err warning notice info debug", names, " ")
  split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", list, " ")
  for (i = 1; i <= 12; i++) month[list[i]] = (i < 10 ? "0" : "") i
  quick = errors + warnings + failures
  stamp = "\\n"
}
{
  if ((folding | getline zeros) < 1) zeros = $0
  if (at > limit) exit
  at += length($0) + 1
  if (NR <= skip) next
  read++
  line = $0
  lead = ""
  if (substr(line, 1, width) != stamp) {
    if (substr(line, 1, 1) == "<") strip()
    if (substr(line, 1, width) != stamp) look()
    if (!width) { odd++; next }
  }
  begin = width == 12 ? 17 : index(line, " ") + 1
  text = substr(line, begin)
  size = index(text, " ")
  if (size < 2) { odd++; next }
  if (early) next
  begin += size
  key = lead == "" ? substr(zeros, begin, 240) : lead substr(zeros, begin, 1000)
  if (some && key in digits) key = named()
  if (quick && key in refused) next
  if (!count[key]++ && !enter()) next
  hosts[substr(text, 1, size - 1)]++
  run++
}
END {
  minutes[minute] += run
  flush()
  for (key in hosts) print "H\\t" hosts[key] "\\t" key
  for (key in minutes) if (minutes[key]) { counted += minutes[key]; print "T\\t" minutes[key] "\\t" key }
  for (key in messages) {
    add(key)
    if (messages[key] > 1 || kinds <= 1000) {
      text = key
      sub(/^[^\\t]*/, level(), text)
      print "M\\t" messages[key] "\\t" text
    }
  }
  for (key in levels) print "L\\t" levels[key] "\\t" key
  print "E\\t" read + 0 "\\t" counted + 0 "\\t" odd + 0
}
`;

/** As `severityOfWords` and `isFailure` look for them. */
function anyOf(words: string): string {
  return `(^|[^a-z])(${words})([^a-z]|$)`;
}
