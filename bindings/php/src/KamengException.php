<?php

declare(strict_types=1);

namespace Kameng;

/**
 * A call did not do what was asked, and nothing was changed by it.
 *
 * Programs branch on $status and $reason, which are stable; the message is for people. $retry says
 * what to do: "never", "same" (repeat with the same idempotency key) or "later" (with a new one).
 */
final class KamengException extends \RuntimeException
{
    /** @param array<string, mixed> $details */
    public function __construct(
        public readonly string $status,
        public readonly string $reason,
        string $message,
        public readonly ?string $field = null,
        public readonly string $retry = 'never',
        public readonly array $details = [],
        public readonly ?string $trace = null,
    ) {
        parent::__construct($reason . ': ' . $message . ($field !== null ? " (at $field)" : ''));
    }

    /** @param array<string, mixed> $document */
    public static function fromDocument(array $document): self
    {
        $error = $document['error'];

        return new self(
            $error['status'],
            $error['reason'],
            $error['message'],
            $error['field'] ?? null,
            $error['retry'] ?? 'never',
            $error['details'] ?? [],
            $error['trace'] ?? null,
        );
    }
}
