<?php

// preload.php - for opcache.preload. With ffi.enable=preload, PHP lets only preloaded code use FFI:
// this puts the package there. It opens no engine: one that is open in php-fpm's master is refused
// in every worker.

declare(strict_types=1);

foreach (['KamengException', 'Native', 'Operations', 'Engine'] as $class) {
    require_once __DIR__ . "/src/$class.php";
}
