#!/usr/bin/perl
# Listens on port 2379 of each address given, as running etcd members do, and says when it does.
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
my @listening = map { IO::Socket::INET->new(LocalAddr => $_, LocalPort => 2379, Listen => 50) or die "$_: $!\n" } @ARGV;
print "listening\n";
sleep;
