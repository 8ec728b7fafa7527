<?php

declare(strict_types=1);

namespace Kameng;

/**
 * One open engine.
 *
 *     $engine = new Kameng\Engine(['storage' => ['driver' => 'sqlite', 'path' => 'shop.db'], ...]);
 *     $engine->orderPlace(['lines' => [['sku_id' => $sku, 'quantity' => 2]]], ['token' => $token]);
 *
 * Under php-fpm the engine is opened with "share": true unless the configuration says otherwise: it
 * stays open in the worker process, and the next request's `new Engine` finds it in microseconds.
 * The typed operations are generated into Operations.php.
 */
final class Engine
{
    use Operations;

    private const JSON = JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES
        | JSON_PRESERVE_ZERO_FRACTION;

    private readonly Native $native;
    private int $engine = 0;

    /**
     * @param array<string, mixed>|string $config an array or JSON text; docs/CONFIG.md
     * @param ?string $library path of libkameng.so; otherwise it is looked for as Native::load says
     *
     * @throws KamengException config.*, storage.*, vault.*, engine.*, library.*
     */
    public function __construct(array|string $config, ?string $library = null)
    {
        $this->native = Native::load($library);
        if (is_array($config)) {
            $config = self::write(PHP_SAPI === 'fpm-fcgi' ? $config + ['share' => true] : $config);
        }
        [$status, $this->engine, $document] = $this->native->open($config);
        if ($status !== 0) {
            throw $this->error($status, $document);
        }
    }

    public function __destruct()
    {
        $this->close();
    }

    /**
     * An operation by its name, for programs that learn the name at run time.
     *
     * @param array<string, mixed> $request
     * @param array<string, mixed> $context
     *
     * @return array<string, mixed>
     *
     * @throws KamengException
     */
    public function call(string $operation, array $request = [], array $context = []): array
    {
        [$status, $document] = $this->native->call(
            $this->engine,
            $operation,
            self::write($context),
            self::write($request),
        );
        if ($status !== 0) {
            throw $this->error($status, $document);
        }

        return json_decode($document, true, 64, JSON_THROW_ON_ERROR);
    }

    /**
     * Answers one HTTP request: method, target, headers, body and remote_ip in; status, headers and
     * body out (docs/GATEWAY.md).
     *
     * @param array<string, mixed> $request
     *
     * @return array{status: int, headers: list<array{string, string}>, body: string, body_base64?: string}
     *
     * @throws KamengException for faults of the host's alone
     */
    public function http(array $request): array
    {
        [$status, $document] = $this->native->http($this->engine, self::write($request));
        if ($status !== 0) {
            throw $this->error($status, $document);
        }

        return json_decode($document, true, 64, JSON_THROW_ON_ERROR);
    }

    /**
     * Every operation with its fields and reasons, as docs/api/operations.json.
     *
     * @return array<string, mixed>
     */
    public function describe(): array
    {
        return json_decode($this->native->describe(), true, 64, JSON_THROW_ON_ERROR);
    }

    /** The release of the library that was loaded. */
    public function version(): string
    {
        return $this->native->version();
    }

    /**
     * Gives the handle back; a shared engine stays open.
     *
     * Closing twice does nothing; calls afterwards are MISUSE.
     */
    public function close(): void
    {
        [$engine, $this->engine] = [$this->engine, 0];
        if ($engine !== 0) {
            $this->native->close($engine);
        }
    }

    /** @param array<string, mixed> $document */
    private static function write(array $document): string
    {
        // PHP cannot tell an empty list from an empty object; the engine takes [] for both, but a
        // whole document is {}.
        return $document === [] ? '{}' : json_encode($document, self::JSON);
    }

    private function error(int $status, string $document): KamengException
    {
        if ($document === '') {
            $name = $this->native->statusName($status);

            return new KamengException($name, 'library.no_document', 'the library had no memory to say more');
        }

        return KamengException::fromDocument(json_decode($document, true, 64, JSON_THROW_ON_ERROR));
    }
}
