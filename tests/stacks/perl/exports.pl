#!/usr/bin/env perl
# Perl >=5.30 and its core alone: a socket, JSON::PP, MIME::Base64, Time::Piece; one request per connection.
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Time::Piece;
use Time::Local qw(timegm);

$SIG{PIPE} = 'IGNORE';
my %columns = (
    ELEARNING_ENROLLMENTS => ['User ID', 'Registration Date', 'Program Completion Date', 'Product ID', 'Program Name'],
    LEARNING_ACTIVITIES => ['User ID', 'Product ID', 'Program Name', 'Learning Activity ID', 'Learning Activity Name',
        'Learning Activity Date', 'Timespent', 'Status', 'Score'],
    NETWORKS => ['Network ID', 'Network Name'],
    USERS => ['User ID', 'Firstname', 'Middlename', 'Lastname', 'Network ID', 'Network Name', 'Grouping',
        'Account Creation Date'],
    LEARNING_ACTIVITY_INTERACTIONS => ['User ID', 'Learning Activity ID', 'Interaction', 'Interaction Date'],
);
my %reasons = (200 => 'OK', 201 => 'Created', 400 => 'Bad Request', 401 => 'Unauthorized', 404 => 'Not Found',
    405 => 'Method Not Allowed', 500 => 'Internal Server Error');
my $json = JSON::PP->new->utf8->canonical;
my (%jobs, $url);

sub parse_date {
    my ($text) = @_;
    my ($time, $fraction, $zone) = $text =~ /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/ or return;
    my $epoch = eval { Time::Piece->strptime($time, '%Y-%m-%dT%H:%M:%S')->epoch } // return;
    if ($zone =~ /^([+-])(\d\d):(\d\d)$/) {
        $epoch -= ($1 eq '-' ? -1 : 1) * ($2 * 3600 + $3 * 60);
    }
    return $epoch + "0." . ($fraction // 0);
}

sub authorized {
    my ($header) = @_;
    my ($rest) = ($header // '') =~ /^bln\s+(.*)$/i or return 0;
    my %parts = map { /^\s*([^=]+)=(.*?)\s*$/ ? ($1, $2) : () } split /,/, $rest;
    for my $name (qw(key token secret)) {
        return 0 if ($parts{$name} // '') ne $ENV{'API_' . uc $name};
    }
    return 1;
}

sub create {
    my ($content) = @_;
    my $body = eval { $json->decode($content) };
    return (400, {error => 'the body is not JSON'}) if ref $body ne 'HASH';
    my %date;
    for my $name (qw(startDate endDate)) {
        $date{$name} = parse_date($body->{$name} // '') // return (400, {error => "$name is not a timestamp"});
    }
    my ($type, $format) = @$body{qw(exportType format)};
    return (400, {error => 'unknown exportType'}) unless defined $type && $columns{$type};
    return (400, {error => 'unknown format'}) unless defined $format && $format =~ /^(CSV|JSONL)$/;
    return (400, {error => 'endDate is before startDate'}) if $date{endDate} < $date{startDate};
    if ($type eq 'LEARNING_ACTIVITY_INTERACTIONS') {
        return (400, {error => 'only JSONL is supported'}) if $format ne 'JSONL';
        return (400, {error => 'learningActivityId is required'}) unless $body->{learningActivityId};
    }
    my $number = 1 + keys %jobs;
    my $id = encode_base64("export-$number-" . int(rand(1e9)), '');
    $jobs{$id} = {id => $id, number => $number, type => $type, format => $format, %date, started => time};
    return (201, {job => {id => $id}});
}

sub status {
    my ($id) = @_;
    my $job = $jobs{$id // ''} or return (404, {error => 'no such job'});
    return (200, {job => {id => $id, status => 'PENDING'}, errors => []}) if time < $job->{started} + 1;
    my $expires = gmtime(time + 3600)->datetime . 'Z';
    return (200, {job => {id => $id, status => 'COMPLETED', exportData => {
        downloadUrl => "$url/files/$job->{number}", downloadExpiresAt => $expires}}, errors => []});
}

sub file {
    my ($number) = @_;
    my ($job) = grep { $_->{number} eq $number } values %jobs or return (404, {error => 'no such file'});
    my @columns = @{$columns{$job->{type}}};
    my $text = $job->{format} eq 'CSV' ? join(',', @columns) . "\r\n" : '';
    for my $n (0 .. 39) {
        my $epoch = timegm(0, 30, 8, 1, 9, 2012) + $n * 23 * 86400;
        next if $epoch < $job->{startDate} || $epoch > $job->{endDate};
        my $date = gmtime($epoch)->datetime . 'Z';
        my %record = map { $_ => /Date$/ ? $date : /ID$/ ? 1000 + $n : "$_ \"$n\"" } @columns;
        if ($job->{format} eq 'CSV') {
            $text .= join(',', map { my $value = $_; $value =~ s/"/""/g; "\"$value\"" } @record{@columns}) . "\r\n";
        } else {
            $text .= $json->encode(\%record) . "\n";
        }
    }
    return (200, $text, $job->{format} eq 'CSV' ? 'text/csv' : 'application/jsonl');
}

sub answer {
    my ($method, $target, $headers, $content) = @_;
    my ($path, $query) = split /\?/, $target, 2;
    return file($1) if $path =~ m{^/files/(\d+)$};
    return (404, {error => 'not found'}) if $path ne '/exports';
    return (401, {error => 'unauthorized'}) unless authorized($headers->{authorization});
    return create($content) if $method eq 'POST';
    return (405, {error => 'method not allowed'}) if $method ne 'GET';
    my ($id) = ($query // '') =~ /(?:^|&)id=([^&]*)/;
    $id =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge if defined $id;
    return status($id);
}

my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, Listen => 64, ReuseAddr => 1) or die $!;
while (my $client = $server->accept) {
    my ($method, $target) = split / /, <$client> // next;
    my %headers;
    while (defined(my $line = <$client>)) {
        last unless $line =~ /^([^:]+):\s*(.*?)\r?\n$/;
        $headers{lc $1} = $2;
    }
    $url = "http://$headers{host}";
    my $content = '';
    read $client, $content, $headers{'content-length'} if $headers{'content-length'};
    my ($status, $body, $type) = eval { answer($method, $target, \%headers, $content) };
    ($status, $body, $type) = (500, {error => 'internal error'}) if $@;
    $body = $json->encode($body) if ref $body;
    print $client "HTTP/1.1 $status $reasons{$status}\r\nContent-Type: ", $type // 'application/json',
        "\r\nContent-Length: ", length $body, "\r\nConnection: close\r\n\r\n", $method eq 'HEAD' ? '' : $body;
    close $client;
}
