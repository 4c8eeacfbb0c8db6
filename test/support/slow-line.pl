#!/usr/bin/perl
# slow-line.pl RATE COMMAND...: runs the command on a terminal of its own, of which only RATE bytes a second come through,
# as over a bad line. What is typed goes through at once. Ends with the command's exit code.
use strict;
use warnings;
use Fcntl;
use POSIX qw(setsid WNOHANG);
use Time::HiRes qw(sleep);

# Linux's numbers, of asm-generic/ioctls.h.
my ($TIOCSCTTY, $TIOCGWINSZ, $TIOCSWINSZ, $TIOCGPTN, $TIOCSPTLCK) = (0x540E, 0x5413, 0x5414, 0x80045430, 0x40045431);
my ($rate, @command) = @ARGV;
sysopen(my $master, "/dev/ptmx", O_RDWR | O_NOCTTY) or die "ptmx: $!";
ioctl($master, $TIOCSPTLCK, my $unlocked = pack("i", 0)) or die "unlock: $!";
ioctl($master, $TIOCGPTN, my $number = pack("i", 0)) or die "name: $!";
my $size = "\0" x 8;
ioctl(STDIN, $TIOCGWINSZ, $size);
my $pid = fork() // die "fork: $!";
if ($pid == 0) {
  setsid();
  open(my $slave, "+<", "/dev/pts/" . unpack("i", $number)) or die "pts: $!";
  ioctl($slave, $TIOCSCTTY, 0);
  ioctl($slave, $TIOCSWINSZ, $size);
  open(STDIN, "<&", $slave);
  open(STDOUT, ">&", $slave);
  open(STDERR, ">&", $slave);
  exec(@command) or die "exec: $!";
}
chomp(my $before = `stty -g`);
system("stty", "raw", "-echo");
my $step = 0.025;
my $open = 1;
while ($open) {
  my $waiting = "";
  vec($waiting, fileno(STDIN), 1) = 1;
  if (select(my $ready = $waiting, undef, undef, 0) > 0) {
    syswrite($master, $_) if sysread(STDIN, $_, 4096);
  }
  $waiting = "";
  vec($waiting, fileno($master), 1) = 1;
  if (select($waiting, undef, undef, 0) > 0) {
    $open = sysread($master, $_, int($rate * $step));
    syswrite(STDOUT, $_) if $open;
  }
  sleep($step);
}
system("stty", $before);
waitpid($pid, 0);
exit($? >> 8);
