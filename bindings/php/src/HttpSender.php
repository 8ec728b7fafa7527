<?php

declare(strict_types=1);

namespace Kameng;

/**
 * Sends the engine's outgoing calls over PHP's own sockets, one call per connection.
 *
 * What matters is to tell "certainly never sent" from "nobody knows": the engine repeats the first
 * and asks the provider about the second. So the connection is made apart from the request, which
 * HTTP stream wrappers do not show. Redirects are not followed: that would send a signed request to
 * someone it was not written for.
 */
final class HttpSender
{
    private const ANSWER_BYTES_MAX = 700 * 1024;

    public function __construct(private readonly float $timeout = 15.0)
    {
    }

    /**
     * @param array{call_id: string, http: array<string, mixed>} $call as from outbox.pull
     *
     * @return array<string, mixed> the rest of its outbox.done: ['response' => ...] or ['failure'
     * => ...]
     */
    public function send(array $call): array
    {
        $http = $call['http'];
        $url = parse_url($http['url']);
        $scheme = is_array($url) ? ($url['scheme'] ?? '') : '';
        if (!in_array($scheme, ['http', 'https'], true) || !isset($url['host'])) {
            return self::failure('not_sent', "cannot send to a URL of scheme '$scheme'");
        }
        $port = $url['port'] ?? ($scheme === 'https' ? 443 : 80);
        $address = ($scheme === 'https' ? 'ssl' : 'tcp') . "://{$url['host']}:$port";
        $stream = @stream_socket_client(
            $address,
            $code,
            $text,
            $this->timeout,
            STREAM_CLIENT_CONNECT,
            stream_context_create(['ssl' => ['verify_peer' => true, 'verify_peer_name' => true]]),
        );
        if ($stream === false) {
            return self::failure('not_sent', "no connection: $text");
        }
        try {
            return $this->exchange($stream, self::request($http, $url, $port));
        } finally {
            fclose($stream);
        }
    }

    /**
     * @param resource $stream
     *
     * @return array<string, mixed>
     */
    private function exchange($stream, string $request): array
    {
        $deadline = microtime(true) + $this->timeout;
        $answer = '';
        for ($sent = 0; $sent < strlen($request); $sent += $written) {
            $written = @fwrite($stream, substr($request, $sent));
            if ($written === false || $written === 0) {
                return self::failure('unknown', 'the connection broke while sending');
            }
        }
        while (!self::isWhole($answer)) {
            $left = $deadline - microtime(true);
            if ($left <= 0) {
                return self::failure('unknown', 'no whole answer in time');
            }
            stream_set_timeout($stream, (int) $left, (int) (fmod($left, 1.0) * 1_000_000));
            $read = @fread($stream, 65536);
            if ($read === false || ($read === '' && feof($stream))) {
                break;
            }
            $answer .= $read;
            if (strlen($answer) > 2 * self::ANSWER_BYTES_MAX) {
                return self::failure('unknown', 'the answer is too long');
            }
        }

        return self::parse($answer);
    }

    /**
     * @param array<string, mixed> $http
     * @param array<string, mixed> $url
     */
    private static function request(array $http, array $url, int $port): string
    {
        $target = ($url['path'] ?? '/') . (isset($url['query']) ? "?{$url['query']}" : '');
        $body = $http['body'] ?? '';
        $lines = ["{$http['method']} $target HTTP/1.1"];
        $names = [];
        foreach ($http['headers'] ?? [] as [$name, $value]) {
            $lines[] = "$name: " . str_replace(["\r", "\n"], ' ', $value);
            $names[strtolower($name)] = true;
        }
        if (!isset($names['host'])) {
            $lines[] = 'Host: ' . $url['host'] . (isset($url['port']) ? ":$port" : '');
        }
        if (!isset($names['content-length']) && ($body !== '' || $http['method'] !== 'GET')) {
            $lines[] = 'Content-Length: ' . strlen($body);
        }
        $lines[] = 'Connection: close';

        return implode("\r\n", $lines) . "\r\n\r\n" . $body;
    }

    /** Whether the body is as long as its header says; without one the end of the stream decides. */
    private static function isWhole(string $answer): bool
    {
        $end = strpos($answer, "\r\n\r\n");

        return $end !== false
            && preg_match('/^content-length:\s*(\d+)\s*$/mi', substr($answer, 0, $end + 2), $found) === 1
            && strlen($answer) - $end - 4 >= (int) $found[1];
    }

    /** @return array<string, mixed> */
    private static function parse(string $answer): array
    {
        [$head, $body] = explode("\r\n\r\n", $answer, 2) + ['', null];
        $lines = explode("\r\n", $head);
        if ($body === null || preg_match('#^HTTP/1\.[01] (\d{3})#', $lines[0], $status) !== 1) {
            return self::failure('unknown', 'the answer is not HTTP');
        }
        $headers = [];
        $named = [];
        foreach (array_slice($lines, 1) as $line) {
            [$name, $value] = array_map(trim(...), explode(':', $line, 2) + ['', '']);
            $headers[] = [$name, $value];
            $named[strtolower($name)] = $value;
        }
        if (strtolower($named['transfer-encoding'] ?? '') === 'chunked') {
            $body = self::joinChunks($body);
        } elseif (isset($named['content-length']) && strlen($body) < (int) $named['content-length']) {
            $body = null;
        }
        if ($body === null) {
            return self::failure('unknown', 'the answer broke off');
        }
        if (strlen($body) > self::ANSWER_BYTES_MAX) {
            return self::failure('unknown', 'the answer is too long');
        }
        $text = preg_match('//u', $body) === 1 ? ['body' => $body] : ['body_base64' => base64_encode($body)];

        return ['response' => ['status' => (int) $status[1], 'headers' => $headers] + $text];
    }

    /** The body of a chunked answer; null when it broke off. */
    private static function joinChunks(string $body): ?string
    {
        $joined = '';
        while (preg_match('/^([0-9a-f]{1,8})[^\r\n]*\r\n/i', $body, $found) === 1) {
            $size = (int) hexdec($found[1]);
            $start = strlen($found[0]);
            if ($size === 0) {
                return $joined;
            }
            if (strlen($body) < $start + $size + 2) {
                return null;
            }
            $joined .= substr($body, $start, $size);
            $body = substr($body, $start + $size + 2);
        }

        return null;
    }

    /** @return array{failure: array{kind: string, message: string}} */
    private static function failure(string $kind, string $message): array
    {
        // What a system says may be in any encoding; a document is UTF-8.
        $message = (string) preg_replace('/[^\x20-\x7e]/', '?', $message);

        return ['failure' => ['kind' => $kind, 'message' => substr($message, 0, 500)]];
    }
}
