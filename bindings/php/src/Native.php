<?php

declare(strict_types=1);

namespace Kameng;

use FFI;

/**
 * Finds libkameng.so and speaks its C functions, on text. Nothing here knows an operation; no
 * struct and no callback crosses, which PHP's FFI does badly.
 *
 * With ffi.preload=.../kameng_ffi.h the functions are there before the first request (FFI::scope),
 * and with opcache.preload=.../preload.php this class may use FFI although ffi.enable=preload keeps
 * it from everybody else. With ffi.enable=true or on the command line the functions are declared
 * here (FFI::cdef).
 */
final class Native
{
    public const API_VERSION = 3;

    private const SYSTEM_NAMES = ['libkameng.so.0', 'libkameng.so'];
    private const MISSING_INI = 'php.ini needs ffi.enable=preload, ffi.preload=/path/to/kameng_ffi.h'
        . ' (whose FFI_LIB names libkameng.so; bin/kameng-ffi-header writes it) and'
        . ' opcache.preload=/path/to/preload.php of this package; or ffi.enable=true';

    /** @var array<string, self> */
    private static array $loaded = [];

    private function __construct(private readonly FFI $ffi, public readonly string $path)
    {
        if ($ffi->kameng_api_supports(self::API_VERSION) !== 1) {
            throw new KamengException(
                'INCOMPATIBLE',
                'library.incompatible',
                "$path speaks API version {$ffi->kameng_api_version()}; this package needs "
                    . self::API_VERSION,
            );
        }
    }

    /** The library given; else the preloaded one; else the one beside the package; else the system's. */
    public static function load(?string $library = null): self
    {
        return self::$loaded[$library ?? ''] ??= self::find($library);
    }

    /** @return array{int, int, string} status, engine, document */
    public function open(string $config): array
    {
        $engine = $this->ffi->new('kameng_engine');
        $result = $this->ffi->new('kameng_result');
        $status = $this->ffi->kameng_open(
            $config,
            strlen($config),
            null,
            FFI::addr($engine),
            FFI::addr($result),
        );

        return [$status, $engine->cdata, $this->take($result->cdata)];
    }

    /** @return array{int, string} status, document */
    public function call(int $engine, string $operation, string $context, string $request): array
    {
        $result = $this->ffi->new('kameng_result');
        $status = $this->ffi->kameng_call(
            $engine,
            $operation,
            $context,
            strlen($context),
            $request,
            strlen($request),
            FFI::addr($result),
        );

        return [$status, $this->take($result->cdata)];
    }

    /** @return array{int, string} status, document */
    public function http(int $engine, string $request): array
    {
        $result = $this->ffi->new('kameng_result');
        $status = $this->ffi->kameng_http($engine, $request, strlen($request), FFI::addr($result));

        return [$status, $this->take($result->cdata)];
    }

    public function close(int $engine): int
    {
        return $this->ffi->kameng_close($engine);
    }

    public function describe(): string
    {
        return $this->ffi->kameng_describe();
    }

    public function version(): string
    {
        return $this->ffi->kameng_version();
    }

    public function statusName(int $status): string
    {
        return $this->ffi->kameng_status_name($status);
    }

    /**
     * The document of a result, which is freed; '' when there is none: memory ran out.
     *
     * FFI copies what a function returns as `const char*` into a string of PHP's own.
     */
    private function take(int $result): string
    {
        if ($result === 0) {
            return '';
        }
        try {
            return $this->ffi->kameng_result_json($result);
        } finally {
            $this->ffi->kameng_result_free($result);
        }
    }

    private static function find(?string $library): self
    {
        if (!extension_loaded('ffi')) {
            throw new KamengException(
                'INCOMPATIBLE',
                'library.no_ffi',
                'PHP has no FFI: add extension=ffi to php.ini',
            );
        }
        $tried = [];
        if ($library === null) {
            try {
                return new self(FFI::scope('KAMENG'), 'ffi.preload');
            } catch (FFI\Exception $error) {
                $tried[] = 'ffi.preload: ' . $error->getMessage();
            }
        }
        foreach (self::candidates($library) as $path) {
            if ($library === null && $path[0] === '/' && !is_file($path)) {
                $tried[] = "$path: no such file";
                continue;
            }
            try {
                return new self(FFI::cdef(self::declarations(), $path), $path);
            } catch (FFI\Exception $error) {
                $tried[] = "$path: " . $error->getMessage();
            }
        }
        throw new KamengException(
            'INCOMPATIBLE',
            'library.not_found',
            'libkameng.so cannot be used. Tried ' . implode('; ', $tried) . '. ' . self::advice(),
        );
    }

    /** @return list<string> */
    private static function candidates(?string $library): array
    {
        if ($library !== null) {
            return [$library];
        }
        $folder = dirname(__DIR__);
        $beside = array_map(static fn (string $name): string => "$folder/$name", self::SYSTEM_NAMES);

        return [...$beside, ...self::SYSTEM_NAMES];
    }

    private static function declarations(): string
    {
        $header = (string) file_get_contents(dirname(__DIR__) . '/kameng_ffi.h');

        return (string) preg_replace('/^#define .*$/m', '', $header);
    }

    private static function advice(): string
    {
        $enable = strtolower((string) ini_get('ffi.enable'));
        $allowed = in_array($enable, ['1', 'true', 'on', 'yes'], true)
            || ($enable === 'preload' && PHP_SAPI === 'cli');

        return $allowed
            ? 'Give its path as new Engine($config, $library)'
            : "ffi.enable is \"$enable\" here; " . self::MISSING_INI;
    }
}
