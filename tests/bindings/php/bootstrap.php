<?php

// bootstrap.php - where the tests find the library and the package: ctest sets KAMENG_LIBRARY; by
// hand the dev build is taken.

declare(strict_types=1);

const ROOT = __DIR__ . '/../../..';
const DATA = ROOT . '/tests/data/bindings';

require ROOT . '/bindings/php/autoload.php';
require __DIR__ . '/Conversation.php';

function library(): string
{
    return getenv('KAMENG_LIBRARY') ?: ROOT . '/build/dev/libkameng.so';
}

/** A folder of its own for one test, removed when all have run. */
function fresh_folder(): string
{
    $folder = sys_get_temp_dir() . '/kameng-php-' . bin2hex(random_bytes(8));
    mkdir($folder, 0700);
    register_shutdown_function(static function () use ($folder): void {
        array_map(unlink(...), glob("$folder/*") ?: []);
        rmdir($folder);
    });

    return $folder;
}

/**
 * @param array<string, mixed> $more
 *
 * @return array<string, mixed>
 */
function configuration(string $folder, string $path = ':memory:', array $more = []): array
{
    return $more + [
        'storage' => ['driver' => 'sqlite', 'path' => $path],
        'vault' => ['key_file' => "$folder/master.key", 'create' => true],
        'providers' => ['sandbox' => ['enabled' => true]],
        'allow_sandbox' => true,
        'clock' => ['manual_ms' => 1790000000000],
    ];
}
