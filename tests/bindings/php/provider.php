<?php

// provider.php - a provider for HttpSenderTest: answers one request a connection, well or badly as
// its path says. Prints its address first.

declare(strict_types=1);

$listener = stream_socket_server('tcp://127.0.0.1:0');
echo stream_socket_get_name($listener, false), "\n";
fclose(STDOUT);
$silent = [];

while ($connection = stream_socket_accept($listener, -1)) {
    $head = '';
    while (($line = fgets($connection)) !== false && $line !== "\r\n") {
        $head .= $line;
    }
    preg_match('/^Content-Length: (\d+)/mi', $head, $length);
    preg_match('/^X-Sign: ([^\r]*)/mi', $head, $sign);
    $body = fread($connection, max(1, (int) ($length[1] ?? 1)));
    $said = strtok($head, "\r") . '|' . ($sign[1] ?? '') . '|' . $body;
    $path = strtok(explode(' ', $head)[1] ?? '', '?');
    $plain = "X-Answer: yes\r\nContent-Length: " . strlen($said) . "\r\n\r\n$said";
    $rest = substr($said, 5);
    $chunks = "5;part=1\r\n" . substr($said, 0, 5) . "\r\n" . dechex(strlen($rest)) . "\r\n$rest\r\n";
    $chunked = "HTTP/1.1 200 OK\r\nX-Answer: yes\r\nTransfer-Encoding: chunked\r\n\r\n$chunks";
    if ($path === '/silent') {
        $silent[] = $connection;
        continue;
    }
    fwrite($connection, match ($path) {
        '/chunked' => "{$chunked}0\r\n\r\n",
        '/cut-chunk' => $chunked,
        '/until-close' => "HTTP/1.0 200 OK\r\nX-Answer: yes\r\n\r\n$said",
        '/binary' => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\xfe",
        '/redirect' => "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n$plain",
        '/cut' => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        '/garbage' => "no HTTP at all\r\n\r\n",
        default => "HTTP/1.1 200 OK\r\n$plain",
    });
    fclose($connection);
}
