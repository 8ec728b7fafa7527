<?php

// app.php - what the requests of test_fpm.py run. The body says what to do; the answer says how it
// went, in which process.

declare(strict_types=1);

use Kameng\Engine;
use Kameng\KamengException;

require __DIR__ . '/php/autoload.php';

$asked = json_decode((string) file_get_contents('php://input'), true, 64, JSON_THROW_ON_ERROR);
$answer = ['pid' => getmypid()];
try {
    $times = [];
    for ($turn = 0; $turn < ($asked['opens'] ?? 1); $turn++) {
        $engine = null;  // gives the handle of the turn before back, as the end of a request does
        $start = hrtime(true);
        $engine = new Engine($asked['config'], $asked['library'] ?? null);
        $times[] = (hrtime(true) - $start) / 1000;
    }
    $answer += ['first_us' => $times[0]];
    sort($times);
    $answer += ['median_us' => $times[intdiv(count($times), 2)]];
    if (isset($asked['handle'])) {
        $answer += ['raw' => Kameng\Native::load()->call($asked['handle'], 'category.list', '{}', '{}')];
    }
    if (isset($asked['call'])) {
        $said = $engine->call($asked['call'], $asked['request'] ?? [], $asked['context'] ?? []);
        $answer += ['answer' => $said];
    }
} catch (KamengException $error) {
    $message = substr($error->getMessage(), strlen($error->reason) + 2);
    $answer += ['error' => ['message' => $message] + array_filter([
        'status' => $error->status,
        'reason' => $error->reason,
        'field' => $error->field,
        'retry' => $error->retry,
    ])];
}
echo json_encode($answer, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
