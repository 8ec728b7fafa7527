<?php

declare(strict_types=1);

use Kameng\Engine;
use Kameng\KamengException;

/** Replays a file of tests/data/bindings; its README says what the steps mean. */
final class Conversation
{
    /** @var array<string, mixed> */
    private array $saved = [];

    private function __construct(private readonly string $folder)
    {
    }

    /** Returns how many steps ran; a RuntimeException names the step that went another way. */
    public static function replay(Engine $engine, string $path): int
    {
        $steps = json_decode((string) file_get_contents($path), true, 64, JSON_THROW_ON_ERROR)['steps'];
        $conversation = new self(dirname($path));
        foreach ($steps as $index => $step) {
            $where = basename($path) . ' step ' . ($index + 1) . " ({$step['call']})";
            $conversation->step($engine, $step, $where);
        }

        return count($steps);
    }

    /** @param array<string, mixed> $step */
    private function step(Engine $engine, array $step, string $where): void
    {
        try {
            $answer = $engine->call(
                $step['call'],
                $this->filled($step['request'] ?? []),
                $this->filled($step['context'] ?? []),
            );
        } catch (KamengException $error) {
            self::check(isset($step['error']), "$where: {$error->getMessage()}");
            foreach ($step['error'] as $name => $wanted) {
                self::check($error->$name === $wanted, "$where: $name is {$error->$name}, not $wanted");
            }

            return;
        }
        self::check(!isset($step['error']), "$where: no error but " . json_encode($answer));
        self::compare($where, $answer, $this->filled($step['expect'] ?? []));
        foreach ($step['save'] ?? [] as $name => $place) {
            $this->saved[$name] = array_reduce(
                $place === '' ? [] : explode('.', $place),
                static fn (array $value, string $part): mixed => $value[$part],
                $answer,
            );
        }
    }

    private function filled(mixed $value): mixed
    {
        if (is_array($value)) {
            if (isset($value['$file'])) {
                return file_get_contents("{$this->folder}/{$value['$file']}");
            }
            if (isset($value['$file_base64'])) {
                return base64_encode((string) file_get_contents("{$this->folder}/{$value['$file_base64']}"));
            }

            return array_map($this->filled(...), $value);
        }
        if (!is_string($value)) {
            return $value;
        }
        if (preg_match('/^\$\{(\w+)\}$/', $value, $found) === 1) {
            return $this->saved[$found[1]];
        }

        $saved = fn (array $found): string => (string) $this->saved[$found[1]];

        return preg_replace_callback('/\$\{(\w+)\}/', $saved, $value);
    }

    private static function compare(string $where, mixed $found, mixed $wanted): void
    {
        $shown = json_encode($found, JSON_UNESCAPED_UNICODE);
        if (!is_array($wanted)) {
            self::check($found === $wanted, "$where: $shown instead of " . json_encode($wanted));

            return;
        }
        if (isset($wanted['$one_of'])) {
            self::check(in_array($found, $wanted['$one_of'], true), "$where: $shown");

            return;
        }
        self::check(is_array($found), "$where: $shown");
        $isObject = $wanted !== [] && !array_is_list($wanted);
        self::check($isObject || $wanted === [] && $found === [] || count($found) === count($wanted)
            || $wanted === [] && !array_is_list($found), "$where: $shown");
        foreach ($wanted as $name => $part) {
            self::check(array_key_exists($name, $found), "$where: no $name in $shown");
            self::compare("$where $name", $found[$name], $part);
        }
    }

    private static function check(bool $holds, string $message): void
    {
        if (!$holds) {
            throw new RuntimeException($message);
        }
    }
}
