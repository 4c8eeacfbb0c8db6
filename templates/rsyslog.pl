# Counts an rsyslog file where it lies, as `parseLine` and `Tally` do, on as many processors as there are (at most 8):
# each has a part of its own that begins and ends at a line's end. Perl 5.14 or newer, and none of its modules.
#
# usage: perl -e PROGRAM FILE YEAR TODAY FROM ERRORS WARNINGS FAILURES FAILURE_WORDS [SEVERITY WORDS …]
#
# YEAR and TODAY (MM-DD) give years to times that have none; FROM is the first minute that counts, empty for all;
# ERRORS, WARNINGS and FAILURES are 1 or empty. WORDS tell a severity, the gravest first, with `|` between them. Prints
# how many parts there are, then for each what `Tally.addCount` reads, ended by one line that begins with E.
#
# A line costs two lookups: its host, and what follows with a 0 for every digit, which is the same in most lines of a
# kind (its key). Only a key that is new is taken apart.
use strict;
use warnings;

my ($file, $year, $today, $from, $errors, $warnings, $failures, $failure_words, @severity_words) = @ARGV;
my $quick = $errors || $warnings || $failures;
my $most = 20_000;

my @names = qw(emerg alert crit err warning notice info debug);
my %month;
@month{qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec)} = ('01' .. '12');

my $failure = qr/(?<![a-z])(?:$failure_words)(?![a-z])/;
my %gravity;
for (my $gravity = 0; $gravity < @severity_words; $gravity += 2) {
  $gravity{$_} = $gravity for split /[|]/, $severity_words[$gravity + 1];
}

my (%hosts, %minutes, %messages, %programs, %severities);
# How often what was forgotten came, at most.
my ($host_floor, $program_floor, $message_floor) = (0, 0, 0);

# Since the last flush: how often each key came; what it is, undefined where that is not asked for; how long its program
# is where that has digits, which are no number; else 0. A key whose count stays 0 is admitted each time it comes.
my (%count, %kind, %named);

# Lines that are no syslog; the minute of those that come now, and how many of them came.
my ($odd, $minute, $run) = (0, '', 0);
# What a line of this minute that counts begins with; whether its time is as in RFC 3339.
my ($stamp, $width, $iso) = ("\n", 0, 0);

sub level {
  my ($severity, $message) = @_;
  return $severity if $severity ne '';
  my $gravest;
  for my $word (split /[^a-z]+/, lc $message) {
    my $gravity = $gravity{$word};
    $gravest = $gravity if defined $gravity && !(defined $gravest && $gravest < $gravity);
  }
  return defined $gravest ? $severity_words[$gravest] : 'info';
}

# LEAD is empty, or PRI's severity, with a 1 before it for RFC 5424, between two newlines.
sub key_of {
  my ($lead, $said) = @_;
  return $lead . substr($said, 0, $lead eq '' ? 240 : 1000) =~ tr/0-9/0/r;
}

# A key's severity (empty where words must tell), program and message.
sub take {
  my ($modern, $severity, $said) = $_[0] =~ /^(?:\n(1?)([a-z]+)\n)?(.*)/;
  my ($program, $message) = ('-', $said);
  if ($modern) {
    ($program, undef, undef, my $data) = split / /, $said, 4;
    $message = defined $data && $data =~ /^(?:-|\[.*?\]) (.*)/ ? $1 : '';
  } elsif ($said =~ /^([^ ]*):(?: (.*)|$)/) {
    ($program, $message) = ($1, defined $2 ? $2 : '');
    $program =~ s/(?<=.)\[.*//;
  }
  $message = substr $message, 0, 200;
  $message =~ s/[0-9][0-9A-Fa-fx.:-]*/#/g;
  return (defined $severity ? $severity : '', $program, $message);
}

sub wanted {
  my ($severity, undef, $message) = @_;
  my $level = level($severity, $message);
  return 1 if $errors && $level =~ /^(?:err|crit|alert|emerg)$/;
  return 1 if $warnings && $level eq 'warning';
  return $failures && lc($message) =~ $failure;
}

# Counts a key that was new or stayed 0, and has been counted as 1; whether it is asked for.
sub admit {
  my ($lead, $said) = @_;
  my $folded = key_of($lead, $said);
  my ($key, @kind) = $folded;
  if (!exists $named{$folded}) {
    @kind = take($folded);
    $named{$folded} = $kind[1] =~ /0/ ? length $kind[1] : 0;
  }
  my $program = substr $said, 0, $named{$folded};
  if ($program ne '') {
    $key = "$program\n$folded";
    $count{$folded} = 0;
    $count{$key}++;
  }
  if (!exists $kind{$key}) {
    @kind = take($folded) unless @kind;
    $kind[1] = $program if $program ne '';
    $kind{$key} = !$quick || wanted(@kind) ? join("\t", @kind) : undef;
  }
  my $asked = defined $kind{$key};
  $count{$key} = 0 unless $asked;
  flush() if keys %count > $most;
  return $asked;
}

# Forgets the rarest until there are no more than MOST (lossy counting, Manku 2002).
sub forget {
  my ($counts, $floor) = @_;
  while (keys %$counts > $most) {
    $$floor++;
    delete @$counts{grep { $counts->{$_} <= $$floor } keys %$counts};
  }
}

sub flush {
  while (my ($key, $kind) = each %kind) {
    $messages{$kind} += $count{$key} if defined $kind;
  }
  while (keys %messages > $most) {
    $message_floor++;
    for my $kind (grep { $messages{$_} <= $message_floor } keys %messages) {
      add_level($kind);
      delete $messages{$kind};
    }
  }
  %count = %kind = %named = ();
}

sub add_level {
  my ($kind) = @_;
  my ($severity, $program, $message) = split /\t/, $kind, 3;
  my $level = level($severity, $message);
  $severities{$level} += $messages{$kind};
  $programs{$program} += $messages{$kind};
  forget(\%programs, \$program_floor) if keys %programs > $most;
  return ($level, $program, $message);
}

# Sets minute and iso, and stamp and width where it is not too early; whether there is a time, and whether it counts.
sub look {
  my ($line) = @_;
  $minutes{$minute} += $run;
  ($run, $width, $stamp) = (0, 0, "\n");
  $iso = $line =~ /^.{4}-.{5}T/;
  if ($iso) {
    $minute = substr $line, 0, 16;
  } elsif ($line =~ /^(...) (..).(.{5}).{3} / && $month{$1}) {
    my ($day, $time) = ("$month{$1}-$2", $3);
    $day =~ tr/ /0/;
    $minute = ($day gt $today ? $year - 1 : $year) . "-${day}T$time";
  } else {
    return (0, 0);
  }
  return (1, 0) if $minute lt $from;
  $width = $iso ? 16 : 12;
  $stamp = substr $line, 0, $width;
  return (1, 1);
}

# Any line.
sub count_line {
  my ($line) = @_;
  my $lead = '';
  if ($line =~ s/^<([0-9]{1,3})>//) {
    my $severity = $names[$1 % 8];
    $lead = $line =~ s/^1 // ? "\n1$severity\n" : "\n$severity\n";
  }
  my ($timed, $counts) = substr($line, 0, $width) eq $stamp ? (1, 1) : look($line);
  my $begin = $iso ? 1 + index $line, ' ' : 16;
  my $end = $timed ? index $line, ' ', $begin : -1;
  if ($end <= $begin) { $odd++; return }
  my $said = substr $line, $end + 1;
  return unless $counts && ($count{key_of($lead, $said)}++ || admit($lead, $said));
  $hosts{substr $line, $begin, $end - $begin}++ || keys %hosts > $most && forget(\%hosts, \$host_floor);
  $run++;
}

# The lines that begin in this part of the file, in bytes; the one in which it begins belongs to the part before.
sub count_part {
  my ($at, $limit) = @_;
  open my $in, '<:raw', $file or exit 77;
  seek $in, $at, 0;
  $at += length readline $in if $at > 0 && !eof $in;
  $. = 0;
  while ($at <= $limit && defined(my $line = readline $in)) {
    $at += length $line;
    if (substr($line, 0, $width) ne $stamp) {
      count_line($line);
      next;
    }
    # As count_line does, for lines that begin as the one before: this is where the time goes.
    my $begin = $iso ? 1 + index $line, ' ' : 16;
    my $end = index $line, ' ', $begin;
    if ($end <= $begin) { $odd++; next }
    next unless $count{substr($line, $end + 1, 240) =~ tr/0-9/0/r}++ || admit('', substr $line, $end + 1);
    $hosts{substr $line, $begin, $end - $begin}++ || keys %hosts > $most && forget(\%hosts, \$host_floor);
    $run++;
  }
  return $.;
}

sub tell_counts {
  my ($read) = @_;
  $minutes{$minute} += $run;
  flush();
  my $counted = 0;
  $counted += $_ for values %minutes;
  print "H\t$hosts{$_}\t$_\n" for keys %hosts;
  print "T\t$minutes{$_}\t$_\n" for grep { $minutes{$_} } keys %minutes;
  my $least = keys %messages > 1000 ? 2 : 1;
  for my $kind (keys %messages) {
    my @told = add_level($kind);
    print join("\t", 'M', $messages{$kind}, @told), "\n" if $messages{$kind} >= $least;
  }
  print "P\t$programs{$_}\t$_\n" for keys %programs;
  print "S\t$severities{$_}\t$_\n" for keys %severities;
  print "E\t$read\t$counted\t$odd\n";
}

exit 66 unless -e $file;
exit 77 unless -f $file && open my $readable, '<', $file;
my $size = -s $file;
my $parts = $size < 8e6 ? 1 : `nproc 2>/dev/null` || 1;
$parts = 8 if $parts > 8;
my $step = 1 + int $size / $parts;
my @counts;
for my $part (0 .. $parts - 1) {
  my $child = open my $from_child, '-|';
  die "cannot fork: $!\n" unless defined $child;
  if (!$child) {
    tell_counts(count_part($part * $step, ($part + 1) * $step));
    exit;
  }
  push @counts, $from_child;
}
printf "%d\n", $parts;
for my $from_child (@counts) {
  print while readline $from_child;
}
