<?php

// server.php - a shop behind PHP's own HTTP server; the same file is what a php-fpm site routes to.
//
//     KAMENG_CONFIG=shop.json KAMENG_LIBRARY=libkameng.so \
//         php -d ffi.enable=1 -d enable_post_data_reading=0 -S 127.0.0.1:8080 examples/http_gateway/server.php
//
// ini: ffi.enable=1 (or preload, see examples/php-fpm); enable_post_data_reading=0, so that PHP leaves the
// body alone. With "share": true in the configuration the engine stays open between requests.

declare(strict_types=1);

require __DIR__ . '/../../bindings/php/autoload.php';

$engine = new Kameng\Engine((string) file_get_contents((string) getenv('KAMENG_CONFIG')),
    getenv('KAMENG_LIBRARY') ?: null);

$headers = [];
foreach (getallheaders() as $name => $value) {
    $headers[] = [(string) $name, (string) $value];
}
$answer = $engine->http([
    'method' => $_SERVER['REQUEST_METHOD'],
    'scheme' => empty($_SERVER['HTTPS']) ? 'http' : 'https',
    'authority' => $_SERVER['HTTP_HOST'] ?? '',
    'target' => $_SERVER['REQUEST_URI'],
    'headers' => $headers,
    'body_base64' => base64_encode((string) file_get_contents('php://input')),
    'remote_ip' => $_SERVER['REMOTE_ADDR'],
]);

http_response_code($answer['status']);
header_remove('X-Powered-By');
header_remove('Content-Type');
ini_set('default_mimetype', '');
foreach ($answer['headers'] as [$name, $value]) {
    header("$name: $value", false);
}
if ($_SERVER['REQUEST_METHOD'] !== 'HEAD') {
    echo isset($answer['body_base64']) ? base64_decode($answer['body_base64']) : $answer['body'];
}
